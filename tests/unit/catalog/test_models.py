import pytest

from voxhelm.catalog.aliases import SPEECH_NAMES, TRANSCRIPTION_NAMES
from voxhelm.domain.errors import LanguageUnsupported, ModelNotFound, ModelUnsuited
from voxhelm.domain.model import Capability


def ids(specs):
    return [spec.id for spec in specs]


def test_the_preferred_comes_first(catalog):
    assert ids(catalog.models) == ["fine", "sharp-ears", "ears", "wide"]
    assert ids(catalog.candidates("auto", Capability.SPEECH)) == ["fine", "wide"]


@pytest.mark.parametrize("name", SPEECH_NAMES)
def test_openai_speech_names_are_automatic(catalog, name):
    assert ids(catalog.candidates(name, Capability.SPEECH)) == ["fine", "wide"]
    with pytest.raises(ModelUnsuited):
        catalog.candidates(name, Capability.TRANSCRIPTION)


@pytest.mark.parametrize("name", TRANSCRIPTION_NAMES)
def test_openai_transcription_names_are_automatic(catalog, name):
    assert ids(catalog.candidates(name, Capability.TRANSCRIPTION)) == ["sharp-ears", "ears"]
    with pytest.raises(ModelUnsuited):
        catalog.candidates(name, Capability.SPEECH)


def test_a_model_answers_to_its_id_and_its_alias(catalog):
    assert ids(catalog.candidates("wide", Capability.SPEECH)) == ["wide"]
    assert ids(catalog.candidates("mine", Capability.SPEECH)) == ["fine"]


def test_an_unknown_model_names_near_matches(catalog):
    with pytest.raises(ModelNotFound, match="'tts-1'"):
        catalog.candidates("tts1", Capability.SPEECH)


def test_a_model_for_something_else_says_what_it_is_for(catalog):
    with pytest.raises(ModelUnsuited, match="for transcription"):
        catalog.candidates("ears", Capability.SPEECH)


def test_the_model_that_knows_the_language_hears(catalog):
    assert catalog.hearing("whisper-1", "en").id == "ears"
    assert catalog.hearing("whisper-1", None).id == "sharp-ears"


def test_a_language_nobody_hears_is_refused_naming_those_that_are(catalog):
    with pytest.raises(LanguageUnsupported, match="de, en"):
        catalog.hearing("whisper-1", "bg")


def test_aliases_are_listed_with_what_they_are_for(catalog):
    assert catalog.aliases["mine"] is Capability.SPEECH
    assert catalog.aliases["whisper-1"] is Capability.TRANSCRIPTION
    assert "dangling" not in catalog.aliases


def test_without_a_model_the_doctor_is_named():
    from pathlib import Path

    from voxhelm.catalog.models import Catalog

    with pytest.raises(ModelNotFound, match="voxhelm doctor"):
        Catalog({}, Path("nowhere"), {}).candidates("tts-1", Capability.SPEECH)
