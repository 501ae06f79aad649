"""The model names of OpenAI, old and new, that clients have hard-wired."""

from typing import Final

from voxhelm.domain.model import Capability

AUTO: Final = "auto"

SPEECH_NAMES: Final = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
TRANSCRIPTION_NAMES: Final = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-realtime-whisper",
)
# Clients check a voice against this list before they send it (Pipecat does), so they cannot be made to name ours.
VOICE_NAMES: Final = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip

OPENAI_MODELS: Final = dict.fromkeys(SPEECH_NAMES, Capability.SPEECH) | dict.fromkeys(TRANSCRIPTION_NAMES, Capability.TRANSCRIPTION)
