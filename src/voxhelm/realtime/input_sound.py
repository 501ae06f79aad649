"""From the bytes of `input_audio_buffer.append` to sound."""

from voxhelm.audio.g711 import G711Decoder
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_config import RATE_HZ, AudioFormat


class InputSound:
    """Decodes one client's sound, which is one stream."""

    def __init__(self, format_: AudioFormat) -> None:
        self._format = format_
        self._decoder = _decoder_for(format_)

    def use(self, format_: AudioFormat) -> None:
        """The sound comes in another format from now on."""
        if format_ is not self._format:
            self._format = format_
            self.clear()

    def push(self, data: bytes) -> Pcm:
        """The next of it, at 24 kHz. Raises EventRefused."""
        if self._decoder is not None:
            return self._decoder.push(data)
        if len(data) % 2:
            message = f"'audio' has an odd number of bytes ({len(data):,}); a sample of audio/pcm has two. Nothing of it was taken."
            raise EventRefused("invalid_value", message, "audio")
        return Pcm.from_bytes(data, RATE_HZ)

    def clear(self) -> None:
        """What comes next has nothing to do with what came before."""
        self._decoder = _decoder_for(self._format)


def _decoder_for(format_: AudioFormat) -> G711Decoder | None:
    match format_:
        case AudioFormat.MULAW:
            return G711Decoder("mulaw")
        case AudioFormat.ALAW:
            return G711Decoder("alaw")
        case AudioFormat.PCM:
            return None
