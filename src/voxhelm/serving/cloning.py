"""Make voices from recordings, with the consent of those who speak in them."""

import asyncio
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np

from voxhelm.audio.decode import decode
from voxhelm.audio.utterances import CutOptions
from voxhelm.audio.voice_sample import voice_sample, wav_file
from voxhelm.catalog.aliases import AUTO
from voxhelm.catalog.cloned_voices import ClonedVoices
from voxhelm.catalog.disk import off_the_loop
from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.caller import Caller
from voxhelm.domain.cloned_voice import ClonedVoice, Consent
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, BodyTooLarge, ParameterInvalid, SampleUnsuited, VoiceExists
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.examine import Examiner
from voxhelm.serving.narrator import Narrator
from voxhelm.telemetry.log import Log

# As OpenAI has it.
LARGEST_UPLOAD_BYTES: Final = 10 * 1024**2
# Of which half a minute may be speech. A small file can hold hours.
LONGEST_RECORDING_SECONDS: Final = 60.0
LEAST_CONSENT_SECONDS: Final = 1.0
# What every engine's own rate can be made of; most want this one.
SAMPLE_RATE_HZ: Final = 24_000
LONGEST_NAME_CHARACTERS: Final = 100
PIECE_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was sent. param: the field it came in. size_bytes: None when it is not known."""

    file: BinaryIO
    param: str
    size_bytes: int | None


class Cloning:
    """The use case: consents and cloned voices. What is sent is examined before anything of it is kept."""

    def __init__(self, voices: ClonedVoices, book: VoiceBook, examiner: Examiner, narrator: Narrator, log: Log) -> None:
        """narrator: forgets what a voice has said when it is deleted."""
        self._voices = voices
        self._book = book
        self._examiner = examiner
        self._narrator = narrator
        self._log = log

    async def create_consent(self, name: str, language: str, recording: Upload, caller: Caller) -> Consent:
        """Keep somebody's recorded consent. language: BCP 47.

        Raises ParameterInvalid, BodyTooLarge, AudioUnreadable, AudioEmpty, SampleUnsuited, and what loading the voice detector raises.
        """
        name = _name(name)
        data = await _read(recording)
        sound = await _decoded(data, recording.param)
        spoken_seconds = sum(end - start for start, end in await self._speech(data, caller))
        if spoken_seconds < LEAST_CONSENT_SECONDS:
            raise SampleUnsuited(
                f"Nobody can be heard in this recording of {sound.duration_seconds:.1f} s. It must hold the spoken consent.",
                param=recording.param,
            )
        consent = await off_the_loop(self._voices.add_consent, name, language, [data], caller.key)
        self._log.info("consent kept", consent=consent.id)
        return consent

    async def create_voice(self, name: str, consent_id: str, sample: Upload, caller: Caller) -> ClonedVoice:
        """Make a voice. Its sample is cut to the speech in it, and kept as a WAV file.

        Raises CloningUnsupported, ConsentNotFound, VoiceExists, ParameterInvalid, BodyTooLarge, AudioUnreadable, AudioEmpty,
        SampleUnsuited, and what loading the voice detector raises.
        """
        self._book.require_cloning()
        name = self._free_name(name)
        self._voices.consent(consent_id)
        data = await _read(sample)
        sound = await _decoded(data, sample.param)
        spoken = voice_sample(sound, await self._speech(data, caller), sample.param)
        voice = await off_the_loop(self._voices.add_voice, name, consent_id, [wav_file(spoken)], caller.key)
        self._log.info("voice cloned", voice=voice.id, consent=consent_id)
        return voice

    async def delete_voice(self, voice_id: str) -> str:
        """Delete a voice, its sample and everything that was kept of what it has said. Raises ClonedVoiceNotFound."""
        voice = await off_the_loop(self._voices.remove_voice, voice_id)
        await self._narrator.forget_voice(voice.id)
        self._log.info("cloned voice deleted", voice=voice.id)
        return voice.id

    def consents(self) -> Sequence[Consent]:
        """All of them, the youngest first."""
        return self._voices.consents()

    def consent(self, consent_id: str) -> Consent:
        """One of them. Raises ConsentNotFound."""
        return self._voices.consent(consent_id)

    async def rename_consent(self, consent_id: str, name: str) -> Consent:
        """Call a consent something else. Raises ConsentNotFound, ParameterInvalid."""
        return await off_the_loop(self._voices.rename_consent, consent_id, _name(name))

    async def delete_consent(self, consent_id: str) -> str:
        """Delete a consent and its recording. Raises ConsentNotFound, ConsentInUse."""
        await off_the_loop(self._voices.remove_consent, consent_id)
        self._log.info("consent deleted", consent=consent_id)
        return consent_id

    async def _speech(self, data: bytes, caller: Caller) -> list[tuple[float, float]]:
        times = await self._examiner.speech_times(io.BytesIO(data), AUTO, CutOptions(), caller)
        return [(stretch.start_seconds, stretch.end_seconds) for stretch in times.stretches]

    def _free_name(self, name: str) -> str:
        name = _name(name)
        if "/" in name:
            raise ParameterInvalid(
                "The name of a voice has no slash: `model/voice` is how requests name a voice of one model.", param="name"
            )
        if self._book.knows(name):
            raise VoiceExists(f"There is a voice '{name}' already. Choose another name.", param="name")
        return name


def _name(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(name) <= LONGEST_NAME_CHARACTERS or not name.isprintable():
        raise ParameterInvalid(f"A name has 1 to {LONGEST_NAME_CHARACTERS} characters, in one line.", param="name")
    return name


async def _read(upload: Upload) -> bytes:
    """All of it: it may not be much."""
    too_large = BodyTooLarge(f"A recording may have {LARGEST_UPLOAD_BYTES // 1024**2} MiB; this one has more.", param=upload.param)
    if upload.size_bytes is not None and upload.size_bytes > LARGEST_UPLOAD_BYTES:
        raise too_large
    data = await asyncio.to_thread(upload.file.read, LARGEST_UPLOAD_BYTES + 1)
    if len(data) > LARGEST_UPLOAD_BYTES:
        raise too_large
    return data


async def _decoded(data: bytes, param: str) -> Pcm:
    try:
        return await asyncio.to_thread(_decode, data, param)
    except (AudioUnreadable, AudioEmpty) as error:
        error.param = param
        raise


def _decode(data: bytes, param: str) -> Pcm:
    pieces, seconds = [], 0.0
    for pcm in decode(io.BytesIO(data), rate_hz=SAMPLE_RATE_HZ):
        pieces.append(pcm.samples)
        seconds += pcm.duration_seconds
        if seconds > LONGEST_RECORDING_SECONDS:
            raise SampleUnsuited(f"The recording is longer than {LONGEST_RECORDING_SECONDS:.0f} s. Cut it.", param=param)
    return Pcm(np.concatenate(pieces), SAMPLE_RATE_HZ)
