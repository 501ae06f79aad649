import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.chatterbox.precision import choose_dtype

TURING, AMPERE = (7, 5), (8, 0)


@pytest.mark.parametrize(
    ("setting", "variable", "card", "dtype"),
    [
        (None, None, None, "float32"),
        (None, None, AMPERE, "float32"),
        (None, "off", AMPERE, "float32"),
        (None, " Off ", TURING, "float32"),
        (None, "on", AMPERE, "bfloat16"),
        (None, "1", None, "bfloat16"),
        (None, "auto", AMPERE, "bfloat16"),
        (None, "auto", TURING, "float32"),
        (None, "auto", None, "float32"),
        ("auto", "on", TURING, "float32"),
        ("auto", None, (9, 0), "bfloat16"),
        ("float16", "on", TURING, "float16"),
        ("float16", None, None, "float32"),
        ("bfloat16", "off", AMPERE, "bfloat16"),
        ("float32", "on", AMPERE, "float32"),
        # A setting makes what the variable says unimportant, wrong or not.
        ("float32", "perhaps", AMPERE, "float32"),
    ],
)
def test_the_setting_comes_first_then_the_variable(setting, variable, card, dtype):
    assert choose_dtype(setting, {} if variable is None else {"TTS_BF16": variable}, card) == dtype


@pytest.mark.parametrize(("setting", "variable"), [("bfloat16", None), (None, "on")])
def test_a_card_without_bfloat16_is_not_made_to_pretend(setting, variable):
    with pytest.raises(ModelLoadFailed, match="TTS_BF16=off"):
        choose_dtype(setting, {"TTS_BF16": variable or ""}, TURING)


def test_a_variable_that_says_nothing_known_is_told():
    with pytest.raises(ModelLoadFailed, match="'perhaps'"):
        choose_dtype(None, {"TTS_BF16": "perhaps"}, None)
