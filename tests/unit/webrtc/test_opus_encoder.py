import av
import numpy as np
import pytest

from tests.unit.webrtc.calling import tone
from voxhelm.webrtc.opus_encoder import OpusEncoder
from voxhelm.webrtc.opus_packet import duration_samples


def test_every_frame_is_a_packet_of_20_ms():
    encoder = OpusEncoder()
    samples = tone(440, 1.0).samples
    packets = [encoder.encode(samples[start : start + 480]) for start in range(0, 24_000, 480)]
    assert {duration_samples(packet) for packet in packets} == {960}
    assert sum(map(len, packets)) * 8 <= 40_000


def test_packets_are_mono():
    assert not OpusEncoder().encode(np.zeros(480, dtype=np.int16))[0] & 4


def test_browsers_can_read_them():
    encoder = OpusEncoder()
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout, decoder.format = 48_000, "stereo", "s16"
    (frame,) = decoder.decode(av.Packet(encoder.encode(np.zeros(480, dtype=np.int16))))
    assert frame.samples == 960


def test_anything_but_a_frame_is_refused():
    with pytest.raises(ValueError, match="480"):
        OpusEncoder().encode(np.zeros(960, dtype=np.int16))
