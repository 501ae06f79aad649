import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.serving.test_casting import casting, engine
from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.voice import Voice
from voxhelm.serving.script import Reading, paced
from voxhelm.text.lexicon import Lexicon, LexiconEntry
from voxhelm.text.timing import WordTimes

TOKENS = (
    *("One", "two,", "$12.50", "Dr.", "добър", "ден!", "2", "книги.", "\n", "3:30", "e.g.", "你好。", "π", "<b>", "1984", "(x)"),
    *("…", "a-b", "[pause:1s]", "[voice:en-us]", "[voice:auto]", "I.", "&", "№ 5", "24/7", "x" * 450),
)
OPENING = "Once upon a time, there was an old captain who lived alone. "
REST = "He had a dog. The dog had a house. The house had a door. The door had a lock, and the lock had a key. " * 3


def book(tmp_path, **capabilities):
    found = engine("fine", 9, None, Voice("slt", "Slt", ("en-us",)))
    changed = replace(found.engine, capabilities=replace(found.engine.capabilities, **capabilities))
    one = FoundEngine(changed, found.reference)
    return VoiceBook(Catalog({"fine": one}, tmp_path, {}), {}, {})


def pieces(tmp_path, text, **capabilities):
    voices = book(tmp_path, **capabilities)
    return [line.text for line in paced(casting(voices, text).lines(), voices)]


def test_the_first_piece_is_a_clause_and_the_others_are_sentences(tmp_path):
    assert pieces(tmp_path, OPENING + REST)[:4] == [
        "Once upon a time,",
        "there was an old captain who lived alone.",
        "He had a dog.",
        "The dog had a house.",
    ]


def test_an_engine_that_streams_gets_its_first_sentence_whole(tmp_path):
    assert pieces(tmp_path, OPENING + REST, streams=True)[0] == OPENING.strip()


def test_pieces_grow_for_an_engine_that_gains_by_it(tmp_path):
    found = pieces(tmp_path, OPENING + REST, context_characters=250)
    assert found[0] == "Once upon a time,"
    assert all(len(later) <= max(250, 2 * len(earlier) + 60) for earlier, later in pairwise(found))
    assert 100 < max(map(len, found)) < 250
    assert " ".join(found) == (OPENING + REST).strip()


def test_paragraphs_voices_and_pauses_are_not_said_together(tmp_path):
    text = "One. Two.\n\nThree. Four. [pause:1s] Five. Six."
    found = pieces(tmp_path, text, streams=True, context_characters=500)
    assert found == ["One.", "Two.", "Three.", "Four.", "Five. Six."]


@pytest.mark.parametrize(
    ("reads_figures", "figures", "said"), [(False, True, "two apples"), (True, True, "2 apples"), (False, False, "2 apples")]
)
def test_figures_are_written_out_where_it_helps_and_is_wanted(tmp_path, reads_figures, figures, said):
    voices = book(tmp_path, reads_figures=reads_figures)
    (line,) = casting(voices, "2 apples").lines()
    assert Reading(Lexicon(), figures).read(line, voices).text == said


def test_the_lexicon_goes_before_the_figures_and_the_caller_before_both(tmp_path):
    voices = book(tmp_path)
    reading = Reading(Lexicon([LexiconEntry("4K", say="four kay"), LexiconEntry("SQL", say="sequel")]))
    (line,) = casting(voices, "<speak>4K SQL 2 <sub alias='ess'>SQL</sub></speak>").lines()
    assert reading.read(line, voices).text == "four kay sequel two ess"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(TOKENS),
        min_size=1,
        max_size=25,
    )
)
def test_nothing_of_a_text_is_lost_on_its_way_to_an_engine(tokens):
    text = " ".join(tokens)
    found = [
        engine("fine", 9, ("latin",), Voice("slt", "Slt", ("en-us",))),
        engine("wide", 1, None, *(Voice(one, one, (one,)) for one in ("en-us", "bg", "el", "cmn", "zh"))),
    ]
    voices = VoiceBook(Catalog({one.engine.name: one for one in found}, Path("nowhere"), {}), {}, {})
    if not any(one.isalnum() for token in tokens if not token.startswith("[") for one in token):
        return
    lines = list(paced((Reading(Lexicon()).read(line, voices) for line in casting(voices, text).lines()), voices))
    plain = re.sub(r"\[(?:pause|voice):[^\]]*\]", "", text)
    assert re.findall(r"\w", "".join(line.passage.written for line in lines)) == re.findall(r"\w", plain)
    for line in lines:
        assert any(one.isalnum() for one in line.text)
        for piece in line.passage.pieces:
            assert not piece.exact or text[piece.begin : piece.end] == piece.said
        times = WordTimes(line.passage)
        assert all(text.startswith(word.text, word.text_offset) for word in times.finish(1.0))
