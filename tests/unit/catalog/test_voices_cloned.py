"""The book of voices, with cloned ones in it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.catalog.conftest import engine
from voxhelm.catalog.cloned_voices import ClonedVoices
from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.domain.errors import CloningUnsupported
from voxhelm.domain.voice import Voice

READS_LATIN = ("latin",)


def cloning(name, preference, languages, scripts=None):
    found = engine(name, preference, [Voice("own", "Own", languages)], languages=languages)
    able = replace(found.engine.capabilities, clones=True, scripts=scripts)
    return FoundEngine(replace(found.engine, capabilities=able), found.reference)


@pytest.fixture
def cloned(tmp_path):
    one = ClonedVoices(tmp_path, lambda: 0.0)
    consent = one.add_consent("Ivan", "bg", [b"I agree."], "")
    one.add_voice("Иван", consent.id, [b"sample"], "")
    return one


def book_of(cloned, *engines):
    catalog = Catalog({one.engine.name: one for one in engines}, Path("nowhere"), {})
    return VoiceBook(catalog, {"reader": LogicalVoice(voice="Иван")}, {}, cloned)


@pytest.fixture
def book(cloned):
    return book_of(
        cloned,
        engine("plain", 90, [Voice("en-us", "American", ("en",))], languages=("en",)),
        cloning("latin", 50, ("en", "de"), READS_LATIN),
        cloning("many", 40, ("en", "bg", "fr")),
    )


def chosen(book, name, model="auto", languages=("en",), script=None):
    choice = book.choose(name, model, lambda: list(languages), script)
    assert choice.reference is not None
    assert choice.reference.read_bytes() == b"sample"
    return choice.spec.id, choice.language


@pytest.mark.parametrize("name", ["Иван", "иван", "reader"])
def test_the_best_model_that_clones_speaks_with_it_and_not_the_best_of_all(book, name):
    assert chosen(book, name) == ("latin", "en")


def test_the_language_of_the_text_decides_between_those_that_clone(book):
    assert chosen(book, "Иван", languages=["fr", "en"]) == ("many", "fr")
    assert chosen(book, "Иван", languages=["de"]) == ("latin", "de")


def test_a_model_that_cannot_read_the_text_is_passed_over(book):
    assert chosen(book, "Иван", languages=["bg"], script="cyrillic") == ("many", "bg")


def test_a_model_that_is_named_is_taken_when_it_can(book, cloned):
    (voice,) = cloned.voices()
    assert chosen(book, voice.id, model="many") == ("many", "en")
    assert chosen(book, f"many/{voice.id}") == ("many", "en")
    with pytest.raises(CloningUnsupported, match="plain cannot speak"):
        book.choose("Иван", "plain", lambda: ["en"])


def test_without_a_model_that_clones_it_is_said_how_to_get_one(cloned):
    book = book_of(cloned, engine("plain", 90, [Voice("en-us", "American", ("en",))], languages=("en",)))
    with pytest.raises(CloningUnsupported, match="voxhelm pull"):
        book.choose("Иван", "auto", lambda: ["en"])


def test_it_is_listed_with_what_it_can_speak(book, cloned):
    (listed,) = [one for one in book.listed(variants=False) if one.kind == "cloned"]
    (voice,) = cloned.voices()
    assert (listed.id, listed.name, listed.languages, listed.model) == (voice.id, "Иван", ("en", "de", "bg", "fr"), None)


@pytest.mark.parametrize(
    ("name", "known"), [("alloy", True), ("Reader", True), ("EN-US", True), ("bg", True), ("auto", True), ("Иван", False)]
)
def test_names_that_mean_something_already_are_known(book, name, known):
    assert book.knows(name) is known
