"""What a session is told, beside what the client says. What comes of an item or a reply that is no more is not heard."""

from dataclasses import dataclass

from voxhelm.assistant.answer import AnswerUsage
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.spans import Span


@dataclass(frozen=True, slots=True)
class Voices:
    """How likely somebody spoke. start_ms: of the first window, from the beginning of the session's sound."""

    start_ms: float
    window_ms: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """The caller's sound, at 24 kHz, from a face whose sound does not travel in events."""

    pcm: Pcm


@dataclass(frozen=True, slots=True)
class HeardPartly:
    """More words of an utterance that still goes on; they are not taken back."""

    item_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class Heard:
    """All of an utterance. seconds: of sound. logprobs: (token, log probability), where the engine tells."""

    item_id: str
    transcript: str
    seconds: float
    language: str | None = None
    logprobs: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class HearingFailed:
    """It could not be heard."""

    item_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TurnJudged:
    """probability: that the speaker is done, 0 to 1. number: of the question."""

    item_id: str
    number: int
    probability: float


@dataclass(frozen=True, slots=True)
class AnswerText:
    """More of an answer in text."""

    response_id: str
    delta: str


@dataclass(frozen=True, slots=True, eq=False)
class AnswerSpeech:
    """More of a spoken answer.

    pcm: the next of its sound, at 24 kHz; may be empty. encoded: the same in the format of the reply, for clients that play themselves.
    spans: words that became known since the last time, with times from the beginning of the answer's sound.
    transcript: text whose sound begins in this piece; the spans of it may come later.
    """

    response_id: str
    pcm: Pcm
    encoded: bytes
    spans: tuple[Span, ...] = ()
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """More of a call of a tool. name: with the first piece of a call only. ended: whether this is its last piece."""

    response_id: str
    call_id: str
    delta: str
    name: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """All of the answer has been told."""

    response_id: str
    usage: AnswerUsage


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """The assistant or the voice failed; what was told before stays told."""

    response_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Drained:
    """All of an item has been played to its end."""

    item_id: str


@dataclass(frozen=True, slots=True)
class FaceChanged:
    """The client is there by another way, or is gone for the moment. plays: whether the face plays sound itself, at the client's pace."""

    attached: bool
    plays: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Happening = (
    Voices
    | Sound
    | HeardPartly
    | Heard
    | HearingFailed
    | TurnJudged
    | AnswerText
    | AnswerSpeech
    | AnswerCall
    | AnswerEnded
    | AnswerFailed
    | Drained
    | FaceChanged
    | Tick
)
