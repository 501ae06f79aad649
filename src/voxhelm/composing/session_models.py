"""Which models the settings of a realtime session come to."""

from contextlib import suppress
from typing import Final

from voxhelm.assistant.assistants import Assistants
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.session_config import RATE_HZ, Kind, SessionConfig, Transcription
from voxhelm.serving.casting import Casting
from voxhelm.serving.hear import HearingRequest
from voxhelm.serving.routed_hearing import Chooses
from voxhelm.serving.routed_speech import Casts
from voxhelm.serving.speak import SpeechRequest
from voxhelm.serving.watch import Watcher

# Whoever says this says everything: it is of no language and holds what can be said.
ANY_TEXT: Final = "1."


class SessionModels:
    """Asks those who choose for each request what they would choose."""

    def __init__(self, chooses: Chooses, casts: Casts, watcher: Watcher, assistants: Assistants) -> None:
        """chooses: says who would hear. casts: who would speak."""
        self._chooses = chooses
        self._casts = casts
        self._watcher = watcher
        self._assistants = assistants

    def require(self, wanted: SessionConfig) -> None:
        """Raise ModelNotFound, VoiceNotFound and others for settings that nobody here can serve."""
        if wanted.kind is Kind.CONVERSATION:
            self._assistants.require(wanted.model)
        if wanted.input.turn_detection is not None:
            self._watcher.input_rate_hz()
        if wanted.input.transcription is not None:
            self._hears(wanted.input.transcription)
        if _speaks(wanted):
            self._speaks(wanted)

    def stays(self, transcription: Transcription) -> bool:
        """Whether what is heard so stays in the local network."""
        try:
            return self._hears(transcription).egress_host is None
        except VoxhelmError:
            return False  # which the utterance will be told

    def ids(self, wanted: SessionConfig) -> list[str]:
        """The models that its first turn will need, as far as that is known. What there is not is told when it is used."""
        found: list[str] = []
        with suppress(VoxhelmError):
            if wanted.input.turn_detection is not None:
                found.append(self._watcher.model_id())
        with suppress(VoxhelmError):
            found.append(self._hears(wanted.input.transcription or Transcription()).id)
        with suppress(VoxhelmError):
            if _speaks(wanted):
                transcription = wanted.input.transcription
                # Whoever is spoken to in a language mostly answers in it.
                found += self._speaks(wanted, transcription.language if transcription is not None else None).model_ids()
        return found

    def _hears(self, transcription: Transcription) -> ModelSpec:
        spoken = TranscribeOptions(language=transcription.language, languages=transcription.languages)
        return self._chooses.choose(HearingRequest(Pcm.silence(0.0, RATE_HZ), transcription.model, spoken))

    def _speaks(self, wanted: SessionConfig, language: str | None = None) -> Casting:
        return self._casts.cast(SpeechRequest(ANY_TEXT, "auto", wanted.output.voice, AudioFormat.PCM, language=language))


def _speaks(wanted: SessionConfig) -> bool:
    return wanted.kind is Kind.CONVERSATION and wanted.output_modality == "audio"
