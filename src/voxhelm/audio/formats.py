"""The formats speech is delivered in."""

from enum import StrEnum


class AudioFormat(StrEnum):
    """What `response_format` may say."""

    MP3 = "mp3"
    OPUS = "opus"
    AAC = "aac"
    FLAC = "flac"
    WAV = "wav"
    PCM = "pcm"

    @property
    def content_type(self) -> str:
        """The media type of the bytes."""
        return _CONTENT_TYPES[self]

    @property
    def suffix(self) -> str:
        """The end of a file's name, with its dot."""
        return f".{self.value}"

    @property
    def lead_seconds(self) -> float:
        """How much silence a decoder plays before the first sample, since a stream cannot tell it to leave that out."""
        return _LEAD_SAMPLES.get(self, 0) / _LOSSY_RATE_HZ


# The encoder's own delay at 24 kHz, and for mp3 the decoder's as well. Opus says in its head how much to leave out.
_LEAD_SAMPLES = {AudioFormat.MP3: 1105, AudioFormat.AAC: 1024}
_LOSSY_RATE_HZ = 24_000

_CONTENT_TYPES = {
    AudioFormat.MP3: "audio/mpeg",
    # RFC 7845 names Opus in Ogg so; `audio/opus` is for RTP, and Firefox will not play a file that is called that.
    AudioFormat.OPUS: "audio/ogg",
    AudioFormat.AAC: "audio/aac",
    AudioFormat.FLAC: "audio/flac",
    AudioFormat.WAV: "audio/wav",
    AudioFormat.PCM: "audio/pcm",
}
