"""The caller's sound by its place in time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.input_audio import InputAudio


def counting(start: int, samples: int) -> Pcm:
    return Pcm(np.arange(start, start + samples).astype(np.int16), 24_000)


@given(
    sizes=st.lists(st.integers(0, 500), max_size=20),
    forgotten_ms=st.integers(0, 400),
    start_ms=st.integers(0, 400),
    ms=st.integers(0, 200),
)
def test_what_is_kept_is_what_came_wherever_it_was_cut(sizes, forgotten_ms, start_ms, ms):
    audio, written = InputAudio(), 0
    for size in sizes:
        audio.append(counting(written, size))
        written += size
    audio.forget_before(forgotten_ms)
    kept_from = min(forgotten_ms * 24, written)
    assert audio.end_ms == written / 24
    assert audio.begin_ms == kept_from / 24
    expected = np.arange(max(kept_from, start_ms * 24), max(kept_from, min(written, (start_ms + ms) * 24)))
    assert audio.between(start_ms, start_ms + ms).samples.tolist() == expected.astype(np.int16).tolist()


def test_clearing_keeps_the_time():
    audio = InputAudio()
    audio.append(counting(0, 2400))
    audio.clear()
    assert (audio.begin_ms, audio.end_ms, audio.duration_ms) == (100, 100, 0)
