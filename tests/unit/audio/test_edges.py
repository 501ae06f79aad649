import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.audio.edges import LEAD_SECONDS, TAIL_SECONDS, Edges

RATE_HZ = 16_000


def tone(seconds, size=8_000):
    # Begins and ends in the middle of a wave, as a voice that was cut off does.
    return (size * np.cos(2 * np.pi * 300 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.int16)


def silence(seconds):
    return np.zeros(round(seconds * RATE_HZ), dtype=np.int16)


def joined(pieces):
    edges = Edges(RATE_HZ)
    return np.concatenate([*[edges.push(piece) for piece in pieces], edges.finish()]), edges


def test_silence_around_a_piece_is_cut_to_a_little():
    out, edges = joined([silence(0.5), tone(1.0), silence(0.7)])
    assert len(out) / RATE_HZ == pytest.approx(1.0 + LEAD_SECONDS + TAIL_SECONDS, abs=0.001)
    assert edges.skipped_seconds == pytest.approx(0.5 - LEAD_SECONDS, abs=0.001)


def test_silence_within_a_piece_stays():
    out, _ = joined([tone(0.5), silence(0.4), tone(0.5), silence(3.0), tone(0.1)])
    assert len(out) / RATE_HZ == pytest.approx(4.5, abs=0.001)


def test_a_piece_that_is_loud_at_its_edges_is_faded_there_and_nowhere_else():
    sound = tone(1.0)
    out, _ = joined([sound])
    assert len(out) == len(sound)
    fade = round(0.005 * RATE_HZ)
    assert out[0] == out[-1] == 0
    assert np.array_equal(out[fade:-fade], sound[fade:-fade])


@pytest.mark.parametrize("gap_seconds", [0.0, 0.2])
def test_at_a_join_no_sample_jumps_further_than_its_neighbours(gap_seconds):
    steepest = np.abs(np.diff(tone(1.0).astype(int))).max()
    first, _ = joined([tone(0.503)])
    second, _ = joined([tone(0.307)])
    together = np.concatenate([first, silence(gap_seconds), second]).astype(int)
    assert np.abs(np.diff(np.concatenate([tone(0.503), silence(gap_seconds), tone(0.307)]).astype(int))).max() > 2 * steepest
    assert np.abs(np.diff(together)).max() <= steepest


def test_silence_alone_is_nothing():
    out, edges = joined([silence(2.0), silence(1.0)])
    assert len(out) == 0
    assert not edges.begun


def test_little_is_held_back():
    edges = Edges(RATE_HZ)
    given_seconds = sum(len(edges.push(tone(0.1))) for _ in range(20)) / RATE_HZ
    assert given_seconds > 1.9
    assert sum(len(edges.push(silence(0.5))) for _ in range(20)) / RATE_HZ > 8.5


@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=12))
def test_it_does_not_matter_how_a_sound_was_cut(lengths):
    whole = np.concatenate([silence(0.1), tone(0.5), silence(0.3)])
    cuts = np.cumsum(lengths)
    pieces = np.split(whole, cuts[cuts < len(whole)])
    assert np.array_equal(joined(pieces)[0], joined([whole])[0])
