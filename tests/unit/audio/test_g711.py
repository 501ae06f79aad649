import av
import numpy as np
import pytest

from voxhelm.audio.g711 import G711Decoder, G711Encoder, Law, decoding_table, encoding_table
from voxhelm.domain.pcm import Pcm

LAWS: tuple[Law, ...] = ("mulaw", "alaw")


def _mulaw_sample(code: int) -> int:
    # ITU-T G.711, table 2: segment s has steps of 2 << s (of 8,192), from 33 * 2**s - 33 on.
    code = 255 - code
    value = ((33 + 2 * (code & 15)) * 2 ** (code >> 4 & 7) - 33) * 4
    return -value if code & 128 else value


def _alaw_sample(code: int) -> int:
    # ITU-T G.711, table 1: the middle of the interval, of 4,096; even bits are inverted.
    code ^= 0x55
    segment, step = code >> 4 & 7, code & 15
    value = (2 * step + 1) * 8 if segment == 0 else (2 * step + 33) * 8 * 2 ** (segment - 1)
    return value if code & 128 else -value


def _codec_samples(law: Law) -> list[int]:
    context = av.CodecContext.create(f"pcm_{law}", "r")
    context.sample_rate, context.layout = 8_000, "mono"
    frames = context.decode(av.Packet(bytes(range(256))))
    return [int(sample) for frame in frames for sample in frame.to_ndarray().reshape(-1)]


def _sine(hz: float, seconds: float, rate_hz: int) -> Pcm:
    return Pcm(np.rint(9_000 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.int16), rate_hz)


@pytest.mark.parametrize(("law", "sample"), [("mulaw", _mulaw_sample), ("alaw", _alaw_sample)])
def test_every_code_is_the_sample_of_the_recommendation(law, sample):
    assert decoding_table(law).tolist() == [sample(code) for code in range(256)]


@pytest.mark.parametrize("law", LAWS)
def test_every_code_is_what_another_decoder_makes_of_it(law):
    assert decoding_table(law).tolist() == _codec_samples(law)


@pytest.mark.parametrize("law", LAWS)
def test_a_decoded_sample_gets_its_code_back(law):
    samples = decoding_table(law)
    again = encoding_table(law)[samples.view(np.uint16)]
    # mu-law has two zeros, of which the positive one is written.
    assert [code for code in range(256) if again[code] != code] == ([127] if law == "mulaw" else [])


@pytest.mark.parametrize("law", LAWS)
def test_louder_is_never_written_as_quieter(law):
    order = np.arange(-32_768, 32_768).astype(np.int16)
    decoded = decoding_table(law)[encoding_table(law)[order.view(np.uint16)]]
    assert (np.diff(decoded.astype(np.int32)) >= 0).all()


@pytest.mark.parametrize(
    ("law", "sample", "code"),
    # The virtual decision values of the tables: from here on the next code is meant.
    [
        ("mulaw", 0, 0xFF),
        ("mulaw", 3, 0xFF),
        ("mulaw", 4, 0xFE),
        ("mulaw", 31 * 4 - 1, 0xF0),
        ("mulaw", 31 * 4, 0xEF),
        ("mulaw", 4_063 * 4 - 1, 0x90),
        ("mulaw", 4_063 * 4, 0x8F),
        ("mulaw", 32_767, 0x80),
        ("mulaw", -1, 0x7F),
        ("mulaw", -32_768, 0x00),
        ("alaw", 0, 0xD5),
        ("alaw", 15, 0xD5),
        ("alaw", 16, 0xD4),
        ("alaw", 2_048 * 8 - 1, 0xBA),
        ("alaw", 2_048 * 8, 0xA5),
        ("alaw", 32_767, 0xAA),
        ("alaw", -1, 0x55),
        ("alaw", -32_768, 0x2A),
    ],
)
def test_a_sample_changes_its_code_at_the_decision_value(law, sample, code):
    assert encoding_table(law)[np.int16(sample).view(np.uint16)] == code


@pytest.mark.parametrize("law", LAWS)
def test_what_is_written_is_heard_again(law):
    sound = _sine(440.0, 1.0, 24_000)
    encoder, decoder = G711Encoder(law), G711Decoder(law)
    data = encoder.push(sound) + encoder.finish()
    heard = np.concatenate([decoder.push(data).samples, decoder.finish().samples])
    assert len(data) == 8_000
    assert len(heard) == 24_000
    middle = slice(2_400, -2_400)
    noise = heard[middle].astype(float) - sound.samples[middle]
    assert 20 * np.log10(np.std(sound.samples) / np.std(noise)) > 33


@pytest.mark.parametrize("law", LAWS)
def test_the_pieces_that_sound_comes_in_make_no_difference(law):
    sound = _sine(700.0, 0.5, 24_000)
    whole, pieces = G711Encoder(law), G711Encoder(law)
    data = whole.push(sound) + whole.finish()
    cut = b"".join(pieces.push(Pcm(sound.samples[at : at + 777], 24_000)) for at in range(0, 12_000, 777)) + pieces.finish()
    assert len(cut) == len(data)
    assert np.mean([one != other for one, other in zip(cut, data, strict=True)]) < 0.01
    one, many = G711Decoder(law), G711Decoder(law)
    heard = np.concatenate([many.push(data[at : at + 33]).samples for at in range(0, len(data), 33)])
    assert np.abs(heard.astype(int) - one.push(data).samples).max() <= 1
