import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.passage import Edit, Passage, Piece

TEXT = "We paid $12.50 to Dr. Smith."
EDITS = [Edit(8, 14, "twelve dollars and fifty cents"), Edit(18, 21, "Doctor")]


def test_edits_change_what_is_said_and_not_what_was_written():
    passage = Passage.of(TEXT).rewritten(EDITS)
    assert passage.said == "We paid twelve dollars and fifty cents to Doctor Smith."
    assert passage.written == TEXT


def test_every_character_that_is_said_knows_its_place():
    passage = Passage.of(TEXT).rewritten(EDITS)
    for word, written in (("We", "We"), ("fifty", "$12.50"), ("Doctor", "Dr."), ("Smith", "Smith")):
        begin = passage.said.index(word)
        first, last = passage.written_span(begin, begin + len(word))
        assert passage.written[first:last] == written
        assert TEXT.startswith(written, passage.source_offset(first))


def test_what_the_caller_has_decided_is_not_rewritten():
    fixed = Piece("two", "2", 0, 1, exact=False, fixed=True)
    passage = Passage((fixed, Piece(" 3", " 3", 1, 3)))
    assert passage.rewritten([Edit(0, 3, "zwei"), Edit(4, 5, "three")]).said == "two three"


def test_an_edit_reaches_over_pieces_that_only_differ_in_how_they_were_written():
    passage = Passage((Piece("12", "12", 0, 2), Piece(" ", " ", 2, 8, exact=False), Piece("km", "km", 8, 10)))
    rewritten = passage.rewritten([Edit(0, 5, "twelve kilometers")])
    assert (rewritten.said, rewritten.written) == ("twelve kilometers", "12 km")
    assert (rewritten.pieces[0].begin, rewritten.pieces[0].end) == (0, 10)


def test_a_passage_is_not_cut_within_what_belongs_together():
    passage = Passage.of(TEXT).rewritten(EDITS)
    begin = passage.said.index("twelve")
    assert passage.may_cut(begin)
    assert not passage.may_cut(begin + 8)
    assert passage.may_cut(2)
    assert passage.may_cut(len(passage.said))


@given(st.text(min_size=1, max_size=30), st.data())
def test_slices_put_together_are_the_whole(text, data):
    cut = data.draw(st.integers(0, len(text)))
    whole = Passage.of(text, begin=7)
    first, last = whole.slice(0, cut), whole.slice(cut, len(text))
    assert first.said + last.said == text
    for part in (first, last):
        for piece in part.pieces:
            assert text[piece.begin - 7 : piece.end - 7] == piece.said == piece.written


@pytest.mark.parametrize("at", [0, 1, 8, 13, 20])
def test_offsets_of_plain_text_are_those_of_the_input(at):
    assert Passage.of(TEXT, begin=100).source_offset(at) == 100 + at
