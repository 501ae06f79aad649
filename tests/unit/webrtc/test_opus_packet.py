import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.webrtc.opus_packet import duration_samples, is_quiet


@pytest.mark.parametrize(
    ("configuration", "milliseconds"),
    [(0, 10), (3, 60), (9, 20), (12, 10), (15, 20), (16, 2.5), (17, 5), (31, 20)],
)
def test_the_first_byte_says_how_long_a_frame_is(configuration, milliseconds):
    assert duration_samples(bytes([configuration << 3, 1, 2])) == milliseconds * 48
    assert duration_samples(bytes([configuration << 3 | 1, 1, 2])) == milliseconds * 96 or milliseconds > 60


def test_a_packet_of_many_frames_says_how_many():
    assert duration_samples(bytes([31 << 3 | 3, 6, 0])) == 6 * 960


@pytest.mark.parametrize("payload", [b"", bytes([3]), bytes([31 << 3 | 3, 7]), bytes([31 << 3 | 3, 0])])
def test_what_cannot_be_a_packet_is_refused(payload):
    with pytest.raises(ValueError, match="Opus"):
        duration_samples(payload)


@given(st.binary(max_size=20))
def test_whatever_comes_it_is_at_most_120_ms_or_refused(payload):
    try:
        samples = duration_samples(payload)
    except ValueError:
        return
    assert 0 < samples <= 5_760
    assert samples % 120 == 0


def test_a_packet_of_two_bytes_says_that_silence_follows():
    assert is_quiet(bytes([8, 0]))
    assert not is_quiet(bytes([8, 0, 1]))
