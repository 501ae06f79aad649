from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.aliases import VOICE_NAMES
from voxhelm.catalog.detour import detour
from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.routes import RouteTable
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.domain.errors import LanguageUnsupported, VoiceNotFound
from voxhelm.domain.model import Capability
from voxhelm.domain.voice import Voice

LOGICAL = {
    "bg": LogicalVoice(language="bg"),
    "reader": LogicalVoice(model="wide", voice="en-gb"),
    "ash": LogicalVoice(language="bg"),
}


@pytest.fixture
def book(catalog):
    return VoiceBook(catalog, LOGICAL, {"nova": "wide/en-gb"})


def chosen(book, name, model="tts-1", languages=("en",)):
    choice = book.choose(name, model, lambda: list(languages))
    return choice.spec.id, choice.voice.id, choice.language


def test_the_automatic_choice_follows_the_language(book):
    assert chosen(book, None, languages=["bg", "en"]) == ("wide", "bg", "bg")
    assert chosen(book, "auto", languages=["en"]) == ("fine", "Slt", "en")


def test_a_wrong_guess_falls_back_to_the_next(book):
    assert chosen(book, None, languages=["xh", "bg"]) == ("wide", "bg", "bg")


def test_a_named_model_restricts_the_choice_and_the_usual_region_wins(book):
    assert chosen(book, None, model="wide", languages=["en"]) == ("wide", "en-us", "en")


@pytest.mark.parametrize("name", sorted(set(VOICE_NAMES) - {"nova", "ash"}))
def test_openai_voices_are_automatic(book, name):
    assert chosen(book, name, languages=["bg"]) == ("wide", "bg", "bg")


def test_openai_voices_can_be_given_a_meaning(book):
    assert chosen(book, "nova", languages=["bg"]) == ("wide", "en-gb", "en")


def test_the_operators_names_win_over_everything(book):
    assert chosen(book, "reader", model="fine") == ("wide", "en-gb", "en")
    assert chosen(book, "ash", languages=["en"]) == ("wide", "bg", "bg")


def test_an_engines_voice_is_found_by_its_id_in_any_case(book):
    assert chosen(book, "slt") == ("fine", "Slt", "en")
    assert chosen(book, "BG+F3") == ("wide", "bg+f3", "bg")


def test_a_voice_of_several_languages_speaks_that_of_the_text(catalog):
    voices = [Voice("Anna", "Anna", ("en", "de", "fr"))]
    found = FoundEngine(replace(catalog.engine_of("fine"), voices=lambda _spec: voices), "nowhere:fine")
    book = VoiceBook(
        Catalog({"fine": found}, Path("nowhere"), {}),
        {"she": LogicalVoice(voice="Anna"), "sie": LogicalVoice(voice="Anna", language="de")},
        {},
    )
    assert chosen(book, "anna", languages=["fr", "en"]) == ("fine", "Anna", "fr")
    assert chosen(book, "anna", languages=["bg", "bg"]) == ("fine", "Anna", "en")
    assert chosen(book, "she", languages=["fr"]) == ("fine", "Anna", "fr")
    assert chosen(book, "sie", languages=["fr"]) == ("fine", "Anna", "de")


def test_a_name_may_stand_for_another_voice_in_each_language(catalog):
    by_language = {"en": LogicalVoice("wide", "en-gb"), "bg": LogicalVoice("wide")}
    book = VoiceBook(catalog, {"alloy": LogicalVoice(language="auto", by_language=by_language)}, {})
    assert chosen(book, "alloy", languages=["en", "en"]) == ("wide", "en-gb", "en")
    assert chosen(book, "alloy", languages=["bg", "en"]) == ("wide", "bg", "bg")
    assert chosen(book, "alloy", languages=["xh", "en"]) == ("fine", "Slt", "en")
    (listed,) = [voice for voice in book.listed(variants=False) if voice.id == "alloy"]
    assert (listed.kind, listed.languages, listed.model) == ("logical", ("en", "bg"), None)


def test_what_is_said_beside_the_languages_holds_for_all_others(catalog):
    voice = LogicalVoice("wide", "en-gb", by_language={"bg": LogicalVoice("wide", "bg")})
    book = VoiceBook(catalog, {"narrator": voice, "any": LogicalVoice(model="wide", language="auto")}, {})
    assert chosen(book, "narrator", languages=["bg"]) == ("wide", "bg", "bg")
    assert chosen(book, "narrator", languages=["xh"]) == ("wide", "en-gb", "en")
    assert chosen(book, "any", languages=["bg", "en"]) == ("wide", "bg", "bg")


def test_a_voice_may_be_qualified_by_its_model(book):
    assert chosen(book, "wide/en-gb", model="tts-1") == ("wide", "en-gb", "en")


def test_a_language_is_a_voice(book):
    assert chosen(book, "en") == ("fine", "Slt", "en")


def test_an_unknown_voice_names_near_matches(book):
    with pytest.raises(VoiceNotFound, match="'reader'") as caught:
        chosen(book, "raeder")
    assert caught.value.param == "voice"


def test_a_voice_of_another_model_is_not_found(book):
    with pytest.raises(VoiceNotFound):
        chosen(book, "slt", model="wide")


def test_a_model_without_the_language_says_so(book):
    with pytest.raises(LanguageUnsupported, match="'bg'"):
        chosen(book, None, model="fine", languages=["bg"])


def test_the_list_has_every_kind_and_leaves_colours_out_unless_asked(book):
    listed = list(book.listed(variants=False))
    assert {voice.kind for voice in listed} == {"logical", "openai", "engine"}
    assert "bg+f3" not in {voice.id for voice in listed}
    assert "bg+f3" in {voice.id for voice in book.listed(variants=True)}


def test_no_name_is_listed_twice_and_every_listed_name_leads_where_it_says(book):
    listed = list(book.listed(variants=True))
    assert len({voice.id for voice in listed}) == len(listed)
    assert "wide/bg" in {voice.id for voice in listed}
    for voice in listed:
        if voice.model is not None:
            assert chosen(book, voice.id)[0] == voice.model


def test_a_voice_that_is_not_listed_may_be_made_by_its_engine(catalog, monkeypatch):
    wide = catalog.engine_of("wide")

    def find_voice(listed, wanted):
        return Voice(wanted, "Both", ("en-gb",)) if wanted == "en-GB+bg" and "en-gb" in listed else None

    monkeypatch.setitem(catalog._engines, "wide", FoundEngine(replace(wide, find_voice=find_voice), "nowhere:wide"))
    book = VoiceBook(catalog, LOGICAL, {"nova": "en-GB+bg"})
    assert chosen(book, "en-GB+bg") == ("wide", "en-GB+bg", "en")
    assert chosen(book, "wide/en-GB+bg") == ("wide", "en-GB+bg", "en")
    assert chosen(book, "nova") == ("wide", "en-GB+bg", "en")
    with pytest.raises(VoiceNotFound):
        chosen(book, "en-gb+xx")
    with pytest.raises(VoiceNotFound):
        chosen(book, "en-GB+bg", model="fine")


def around(book, name, languages, *closed, degraded=(), script=None):
    choice = book.choose(name, "tts-1", lambda: list(languages), script, detour(closed, degraded))
    return choice.spec.id, choice.voice.id, choice.language


def test_another_model_that_speaks_the_language_stands_in_for_a_closed_one(book):
    assert chosen(book, None, languages=["en"]) == ("fine", "Slt", "en")
    assert around(book, None, ["en"], "fine") == ("wide", "en-us", "en")


def test_an_operators_voice_and_a_named_one_are_gone_around_too(book):
    assert around(book, "reader", ["en"], "wide") == ("fine", "Slt", "en")
    assert around(book, "slt", ["en"], "fine") == ("wide", "en-us", "en")


def test_nobody_stands_in_who_does_not_speak_the_language(book):
    with pytest.raises(LanguageUnsupported, match="No other installed voice speaks 'bg'"):
        around(book, "bg", ["bg"], "wide")


def test_a_voice_that_is_not_as_it_was_speaks_where_nobody_else_can(book):
    assert around(book, None, ["en"], degraded=["fine/Slt"]) == ("wide", "en-us", "en")
    assert around(book, None, ["bg"], degraded=["wide/bg"]) == ("wide", "bg", "bg")


def test_the_route_of_a_language_says_who_speaks_it(catalog):
    catalog.routes = RouteTable({Capability.SPEECH: {"en": ["wide", "fine"]}})
    book = VoiceBook(catalog, LOGICAL, {})
    assert chosen(book, None, languages=["en"]) == ("wide", "en-us", "en")
    assert chosen(book, None, model="fine", languages=["en"]) == ("fine", "Slt", "en")


@pytest.mark.parametrize(
    ("name", "one"), [(None, False), ("bg", False), ("alloy", False), ("en", False), ("Slt", True), ("wide/bg", True)]
)
def test_only_the_voice_of_one_model_names_a_model(book, name, one):
    assert book.is_for_one_model(name) is one
