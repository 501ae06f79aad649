import pytest

from voxhelm.audio.formats import AudioFormat


def test_the_formats_are_those_of_the_api():
    assert [str(format) for format in AudioFormat] == ["mp3", "opus", "aac", "flac", "wav", "pcm"]


@pytest.mark.parametrize(
    ("format", "content_type", "suffix"),
    [
        (AudioFormat.MP3, "audio/mpeg", ".mp3"),
        (AudioFormat.OPUS, "audio/ogg", ".opus"),
        (AudioFormat.AAC, "audio/aac", ".aac"),
        (AudioFormat.FLAC, "audio/flac", ".flac"),
        (AudioFormat.WAV, "audio/wav", ".wav"),
        (AudioFormat.PCM, "audio/pcm", ".pcm"),
    ],
)
def test_every_format_has_its_media_type_and_suffix(format, content_type, suffix):
    assert (format.content_type, format.suffix) == (content_type, suffix)
