import pytest

from voxhelm.api.hearing_form import USUAL_CODES, known_language
from voxhelm.text.language_names import NAMES


@pytest.mark.parametrize(
    ("sent", "code"),
    [("en", "en"), ("BG_bg", "bg"), ("pt-BR", "pt"), ("fil-PH", "tl"), ("nb-NO", "no"), ("cmn-Hans-CN", "zh"), (" ", None)],
)
def test_a_language_is_known_by_what_clients_call_it(sent, code):
    assert known_language(sent) == code


@pytest.mark.parametrize("sent", ["english", "xx", "-", "e"])
def test_what_is_no_language_is_refused(sent):
    with pytest.raises(ValueError, match="ISO 639-1"):
        known_language(sent)


def test_other_codes_lead_to_known_ones():
    assert set(USUAL_CODES.values()) <= set(NAMES)
