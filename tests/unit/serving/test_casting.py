from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.domain.errors import LanguageUnsupported, VoiceNotFound
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.voice import Voice
from voxhelm.serving.casting import PARAGRAPH_SECONDS, SENTENCE_SECONDS, Casting, Wanted
from voxhelm.testing.engine import ENGINE
from voxhelm.text.markup import InputType, parse


def engine(name, preference, scripts, *voices):
    capabilities = replace(ENGINE.capabilities, preference=preference, scripts=scripts)
    spec = ModelSpec(name, name, Capability.SPEECH, ("en",))
    return FoundEngine(
        replace(ENGINE, name=name, capabilities=capabilities, discover=lambda _: [spec], voices=lambda _: voices), f"nowhere:{name}"
    )


@pytest.fixture
def book():
    found = [
        engine("fine", 9, ("latin",), Voice("slt", "Slt", ("en-us",))),
        engine(
            "wide", 1, None, Voice("en-us", "English", ("en-us",)), Voice("bg", "Bulgarian", ("bg",)), Voice("el", "Greek", ("el",))
        ),
    ]
    return VoiceBook(Catalog({one.engine.name: one for one in found}, Path("nowhere"), {}), {"en": LogicalVoice(language="en")}, {})


def casting(book, text, name=None, model="tts-1"):
    return Casting(book, parse(text, InputType.AUTO), Wanted(name, model, "en"))


def cast(book, text, name=None, model="tts-1"):
    return [(line.text, line.chosen.spec.id, line.chosen.voice.id) for line in casting(book, text, name, model).lines()]


def test_one_voice_says_a_text_in_one_script(book):
    assert cast(book, "Hello there. How are you?") == [("Hello there.", "fine", "slt"), ("How are you?", "fine", "slt")]


def test_a_sentence_in_another_script_gets_a_voice_of_its_language(book):
    said = cast(book, "Hello there, my old friend. Добър ден! That was a greeting.")
    assert said == [
        ("Hello there, my old friend.", "fine", "slt"),
        ("Добър ден!", "wide", "bg"),
        ("That was a greeting.", "fine", "slt"),
    ]


def test_the_language_of_most_of_the_text_decides_about_the_text(book):
    assert casting(book, "Днес говорим за Python и за много други неща.").chosen.voice.id == "bg"


def test_a_sentence_without_letters_stays_with_the_text(book):
    assert cast(book, "Добър ден. 1234. Край.")[1] == ("1234.", "wide", "bg")


def test_a_name_for_a_language_moves_to_a_model_that_can_read_the_sentence(book):
    assert cast(book, "Hello, my dear friend. Добър ден!", name="en") == [
        ("Hello, my dear friend.", "fine", "slt"),
        ("Добър ден!", "wide", "en-us"),
    ]


def test_a_voice_that_cannot_read_a_sentence_is_refused_before_anything_is_said(book):
    with pytest.raises(LanguageUnsupported, match="cyrillic"):
        casting(book, "Hello there, my old friend. Добър ден!", "slt")
    with pytest.raises(LanguageUnsupported, match="cyrillic"):
        casting(book, "Добър ден!", None, "fine")


def test_a_voice_that_reads_everything_says_everything(book):
    assert {voice for _, _, voice in cast(book, "Hello. Добър ден! Καλημέρα.", name="el")} == {"el"}


def test_offsets_point_into_the_text(book):
    text = "Hello there.  Добър ден!\n\nBye now."
    for line in casting(book, text).lines():
        assert text[line.offset : line.offset + len(line.text)] == line.text


def test_words_in_other_letters_go_to_a_voice_that_can_read_them(book):
    assert cast(book, "Then the old captain said добър ден, приятели and left.") == [
        ("Then the old captain said", "fine", "slt"),
        ("добър ден, приятели", "wide", "bg"),
        ("and left.", "fine", "slt"),
    ]


def test_a_voice_that_was_named_reads_them_as_well_as_it_can(book):
    assert cast(book, "He said добър ден and left.", name="slt") == [("He said добър ден and left.", "fine", "slt")]


def test_every_tag_names_who_speaks_from_there_on(book):
    assert cast(book, "One. [voice:en-us] Two. Three. [voice:bg] Четири. [voice:auto] Five.") == [
        ("One.", "fine", "slt"),
        ("Two.", "wide", "en-us"),
        ("Three.", "wide", "en-us"),
        ("Четири.", "wide", "bg"),
        ("Five.", "fine", "slt"),
    ]
    assert casting(book, "[voice:en-us] Two. [voice:slt] One.").model_ids() == ["wide", "fine"]


def test_a_voice_of_the_last_line_that_nobody_has_is_told_at_once(book):
    with pytest.raises(VoiceNotFound, match="nobody"):
        casting(book, "One. [voice:nobody] Two.")


def test_lines_know_how_far_apart_they_are(book):
    text = "One. Two.\n\nThree [pause:2s] four. <b>"
    lines = list(casting(book, text).lines())
    assert [(line.silence_seconds, line.pauses) for line in lines] == [
        (SENTENCE_SECONDS, False),
        (SENTENCE_SECONDS, False),
        (PARAGRAPH_SECONDS, False),
        (2.0, True),
        (SENTENCE_SECONDS, False),
    ]
    assert [line.sentence for line in lines] == [0, 1, 2, 2, 3]
    assert casting(book, "One. [pause:1s] [pause:2s]").last_pause_seconds == 3.0


def test_a_language_of_markup_chooses_a_voice_and_is_told_to_it(book):
    (english, bulgarian) = casting(book, "<speak>Three <lang xml:lang='bg'>3 OK</lang></speak>").lines()
    assert (english.chosen.voice.id, english.language) == ("slt", "en")
    assert (bulgarian.chosen.voice.id, bulgarian.language) == ("bg", "bg")
