"""What a session wants done. The conductor does it, in the order given."""

from dataclasses import dataclass

from voxhelm.assistant.question import Question
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.session_config import AudioFormat, SemanticVad, Transcription


@dataclass(frozen=True, slots=True)
class Send:
    """Tell the client. event: ready to be written as JSON, `event_id` included."""

    event: dict[str, object]


@dataclass(frozen=True, slots=True)
class StartWatching:
    """Look for voices in what is given by `Watch` from now on. start_ms: where in the session's sound that begins."""

    start_ms: float


@dataclass(frozen=True, slots=True)
class StopWatching:
    """Look no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """The next of the caller's sound, at 24 kHz, for the detector of voices."""

    pcm: Pcm


@dataclass(frozen=True, slots=True)
class TurnOver:
    """The caller's turn is over: for those who measure. voice_end_ms: where in the session's sound the voice ended, if anybody knows."""

    voice_end_ms: float | None


@dataclass(frozen=True, slots=True)
class OpenHearing:
    """An utterance begins. partly: whether its words are wanted before it ends; else it is only heard when it pauses or is over."""

    item_id: str
    transcription: Transcription
    partly: bool


@dataclass(frozen=True, slots=True, eq=False)
class FeedHearing:
    """The next of its sound, at 24 kHz."""

    item_id: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class PauseHearing:
    """The speaker has paused, and may be done: hear what there is, on speculation. Sound that follows makes it worthless."""

    item_id: str


@dataclass(frozen=True, slots=True)
class FinishHearing:
    """It is over. `Heard` or `HearingFailed` must come of it. seconds: how much of its sound counts, counted from its beginning."""

    item_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class DropHearing:
    """Nobody wants it any more: stop at once, and say nothing of it."""

    item_id: str


@dataclass(frozen=True, slots=True, eq=False)
class JudgeTurn:
    """The speaker has paused: is the turn over? `TurnJudged` with the same number comes of it. pcm: the utterance so far, at 24 kHz."""

    item_id: str
    number: int
    pcm: Pcm
    transcript: str
    language: str | None
    options: SemanticVad


@dataclass(frozen=True, slots=True)
class Voicing:
    """How a reply is to sound. voice, model: as for /v1/audio/speech."""

    voice: str
    speed: float
    format: AudioFormat
    model: str = "auto"


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """Ask the assistant, and have it said. voicing: None for an answer in text."""

    response_id: str
    question: Question
    voicing: Voicing | None


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """Nobody wants it any more: stop the assistant and the voice at once. What they still say of it is not heard."""

    response_id: str


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """Have the client hear it, after what is being played: only for faces that play (`PlayingFace`). pcm: at 24 kHz."""

    item_id: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class EndPlay:
    """Nothing more of the item comes: `Drained` once all of it has been played."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Hush:
    """Play nothing of what is waiting."""


@dataclass(frozen=True, slots=True)
class Duck:
    """How loud what is played is from now on: 1.0 as it was made."""

    gain: float


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the session. code: of a WebSocket's close frame."""

    code: int
    reason: str


Effect = (
    Send
    | StartWatching
    | StopWatching
    | Watch
    | TurnOver
    | OpenHearing
    | FeedHearing
    | PauseHearing
    | FinishHearing
    | DropHearing
    | JudgeTurn
    | StartAnswer
    | StopAnswer
    | Play
    | EndPlay
    | Hush
    | Duck
    | Hangup
)
