"""How a session listens and speaks: what `session.update` changes, after OpenAI's `RealtimeSessionCreateRequest`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

MOST_TOKENS: Final = 4_096
RATE_HZ: Final = 24_000


class AudioFormat(StrEnum):
    """How sound travels in events. PCM is 24 kHz, 16 bits, little-endian; the others are G.711 at 8 kHz."""

    PCM = "audio/pcm"
    MULAW = "audio/pcmu"
    ALAW = "audio/pcma"

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        return RATE_HZ if self is AudioFormat.PCM else 8_000

    @property
    def sample_bytes(self) -> int:
        """Bytes per sample."""
        return 2 if self is AudioFormat.PCM else 1

    def milliseconds(self, size_bytes: int) -> float:
        """How long so many bytes play."""
        return size_bytes / self.sample_bytes / self.rate_hz * 1000


class Kind(StrEnum):
    """What a session is for."""

    CONVERSATION = "realtime"
    TRANSCRIPTION = "transcription"


@dataclass(frozen=True, slots=True)
class ServerVad:
    """A turn is over after a silence. threshold: the speech probability from which on somebody speaks."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: int | None = None


class Eagerness(StrEnum):
    """How soon a reply is wanted."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    AUTO = "auto"

    @property
    def longest_wait_ms(self) -> int:
        """How long a speaker who seems not to be done is waited for. Source: OpenAI's guide to semantic VAD."""
        return {"low": 8_000, "high": 2_000}.get(self.value, 4_000)


@dataclass(frozen=True, slots=True)
class SemanticVad:
    """A turn is over when what was said sounds and reads like the end of one."""

    eagerness: Eagerness = Eagerness.AUTO
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection = ServerVad | SemanticVad


@dataclass(frozen=True, slots=True)
class Transcription:
    """How utterances are written down. language, languages: ISO 639-1."""

    model: str = "auto"
    language: str | None = None
    languages: tuple[str, ...] = ()
    prompt: str | None = None
    keywords: tuple[str, ...] = ()
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


@dataclass(frozen=True, slots=True)
class NoiseReduction:
    """Kept and told back. The sound is taken as it comes: recognisers hear it better than what a filter leaves."""

    type: Literal["near_field", "far_field"]


@dataclass(frozen=True, slots=True)
class Input:
    """The caller's side. transcription: None when nobody wants to read it; it is heard all the same."""

    format: AudioFormat = AudioFormat.PCM
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None
    turn_detection: TurnDetection | None = field(default_factory=ServerVad)


@dataclass(frozen=True, slots=True)
class Output:
    """The reply's side."""

    format: AudioFormat = AudioFormat.PCM
    voice: str = "alloy"
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A function that the client offers. parameters: its JSON Schema."""

    name: str
    description: str = ""
    parameters: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """All of it. extra: what was sent and means nothing here, told back as it came.

    tool_choice: `none`, `auto`, `required` or `function:NAME`. most_tokens: None for as many as it takes.
    """

    model: str
    kind: Kind = Kind.CONVERSATION
    output_modality: Literal["audio", "text"] = "audio"
    instructions: str = ""
    input: Input = field(default_factory=Input)
    output: Output = field(default_factory=Output)
    tools: tuple[FunctionTool, ...] = ()
    tool_choice: str = "auto"
    most_tokens: int | None = None
    include: tuple[str, ...] = ()
    extra: dict[str, object] = field(default_factory=dict)
