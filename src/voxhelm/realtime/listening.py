"""The caller's side of a session: sound in, utterances out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.eagerness import wait_ms
from voxhelm.realtime.effects import (
    DropHearing,
    Duck,
    Effect,
    FeedHearing,
    FinishHearing,
    JudgeTurn,
    OpenHearing,
    PauseHearing,
    StartWatching,
    StopWatching,
    Watch,
)
from voxhelm.realtime.happenings import Heard, HeardPartly, TurnJudged, Voices
from voxhelm.realtime.input_audio import InputAudio
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_config import Input, SemanticVad, ServerVad, Transcription
from voxhelm.realtime.teller import Teller
from voxhelm.realtime.utterance import Utterance
from voxhelm.realtime.voice_turns import PAUSE_MS, Began, Ended, Paused, VoiceTurn, VoiceTurns, WentOn
from voxhelm.text.backchannels import is_backchannel, may_become_backchannel

# Less is no utterance; OpenAI's own bound.
SHORTEST_COMMIT_MS: Final = 100.0
# As long as a listener's "mm-hm" takes, and as long as one may be kept from knowing whether the other side listens.
LONGEST_HELD_MS: Final = 500.0
DUCKED: Final = 0.3
# Stands for words that nobody could make out; no listener's word in any language.
UNHEARD: Final = "\N{REPLACEMENT CHARACTER}"
# Semantic detection has no setting for these.
SEMANTIC_THRESHOLD: Final = 0.5
SEMANTIC_PADDING_MS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Announced:
    """The client is told that somebody speaks; what is being said to them may have to stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Committed:
    """An utterance is complete. by_voice: whether a silence ended it, and not the client. voice_end_ms: when that silence began."""

    item_id: str
    pcm: Pcm
    by_voice: bool
    voice_end_ms: float | None = None
    idle: bool = False


Heeded = Effect | Announced | Committed


class Listening:
    """Owns the sound that is no item yet. Times are milliseconds of the session's sound."""

    def __init__(self, given: Input, limits: SessionLimits, teller: Teller, ids: Callable[[str], str]) -> None:
        self._given = given
        self._limits = limits
        self._teller = teller
        self._ids = ids
        self._audio = InputAudio()
        self._turns = _turns_for(given)
        self._watching = False
        self._utterance: Utterance | None = None

    @property
    def quiet(self) -> bool:
        """Whether nobody speaks."""
        return self._utterance is None

    def configure(self, given: Input) -> list[Heeded]:
        """The settings changed."""
        before, self._given = self._given, given
        if given.turn_detection == before.turn_detection:
            return []
        heeded: list[Heeded] = self._dropped()
        self._turns = _turns_for(given)
        if self._turns is None and self._watching:
            self._watching = False
            heeded.append(StopWatching())
        return heeded

    def append(self, pcm: Pcm) -> list[Heeded]:
        """More sound. Raises EventRefused when too much of it waits to become an utterance."""
        longest_ms = self._limits.longest_input_seconds * 1000
        if self._audio.duration_ms + pcm.duration_seconds * 1000 > longest_ms:
            message = f"The buffer holds {longest_ms / 1000:g} s, and all of it waits to be committed. Commit or clear it."
            spoken = self._utterance
            if spoken is None or self._turns is None or spoken.held:
                raise EventRefused("input_audio_buffer_full", message, "audio")
            # Somebody speaks without end: better a cut than nothing.
            self._turns.reset()
            return [*self._stop(spoken, self._audio.end_ms), *self.append(pcm)]
        heeded: list[Heeded] = []
        if self._turns is not None and not self._watching:
            self._watching = True
            heeded.append(StartWatching(self._audio.end_ms))
        if self._turns is None and self._utterance is None and self._given.transcription is not None:
            # Its words are told while the client still sends.
            self._utterance = Utterance(self._ids("item"), self._audio.end_ms)
            heeded += self._opened(self._utterance)
        start_ms = self._audio.end_ms
        self._audio.append(pcm)
        if self._watching:
            heeded.append(Watch(pcm))
        if self._utterance is not None and not self._utterance.finished:
            heeded.append(FeedHearing(self._utterance.item_id, pcm))
        elif self._turns is not None and self._utterance is None:
            self._audio.forget_before(self._audio.end_ms - self._limits.quiet_kept_seconds * 1000)
        if self._turns is not None:
            for turn in self._turns.hear(pcm, start_ms):
                heeded += self._turn(turn, busy=False)
        return heeded

    def voices(self, voices: Voices, *, busy: bool) -> list[Heeded]:
        """Somebody spoke, or nobody. busy: whether something is being said to them."""
        heeded: list[Heeded] = []
        if self._turns is None or not self._watching:
            return heeded
        for turn in self._turns.push(voices):
            heeded += self._turn(turn, busy=busy)
        now_ms = voices.start_ms + voices.window_ms * len(voices.probabilities)
        spoken = self._utterance
        goes_on = spoken is not None and spoken.held and not self._turns.paused
        if goes_on and spoken is not None and now_ms - (spoken.voice_ms or 0) >= LONGEST_HELD_MS:
            heeded += self._announce(spoken)
        return heeded

    def partly(self, heard: HeardPartly) -> list[Heeded]:
        """Words of what goes on."""
        spoken = self._utterance
        if spoken is None or spoken.item_id != heard.item_id:
            return []
        spoken.partial += heard.delta
        if spoken.held and not may_become_backchannel(spoken.partial, self._language):
            return self._announce(spoken)
        return []

    def announced(self, item_id: str) -> bool:
        """Whether it is being said, and the client knows."""
        return self._utterance is not None and self._utterance.item_id == item_id and not self._utterance.held

    def is_held(self, item_id: str) -> bool:
        """Whether nobody knows of it yet."""
        return self._utterance is not None and self._utterance.item_id == item_id and self._utterance.held

    def decide(self, heard: Heard) -> list[Heeded]:
        """A held utterance has been heard: it was nothing but a listener's, or somebody wants to speak."""
        spoken = self._utterance
        if spoken is None or spoken.item_id != heard.item_id or not spoken.held:
            return []
        text = heard.transcript.strip()
        if not text or is_backchannel(text, heard.language or self._language):
            self._utterance = None
            if self._turns is not None:
                self._turns.reset()
            return [Duck(1.0)]
        if spoken.ended_ms is None:
            return self._announce(spoken)
        spoken.finished = True
        return [*self._announce(spoken), *self._stop(spoken, spoken.ended_ms)]

    def undecided(self, item_id: str) -> list[Heeded]:
        """A held utterance could not be heard: better to stop for nothing than to talk somebody down."""
        return self.decide(Heard(item_id, UNHEARD, 0.0)) if self.is_held(item_id) else []

    def judged(self, judged: TurnJudged) -> list[Heeded]:
        """How likely it is that the speaker is done."""
        spoken, given = self._utterance, self._given.turn_detection
        current = spoken is not None and spoken.item_id == judged.item_id and spoken.pauses == judged.number
        if current and self._turns is not None and self._turns.paused and isinstance(given, SemanticVad):
            self._turns.silence_ms = PAUSE_MS + wait_ms(judged.probability, given.eagerness, PAUSE_MS)
        return []

    def commit(self) -> list[Heeded]:
        """The client says that this is an utterance. Raises EventRefused."""
        spoken = self._utterance
        begin_ms = self._audio.begin_ms if spoken is None or spoken.held else spoken.begin_ms
        end_ms = self._audio.end_ms
        if end_ms - begin_ms < SHORTEST_COMMIT_MS:
            message = (
                f"Error committing input audio buffer: buffer too small. Expected at least {SHORTEST_COMMIT_MS:.0f} ms of audio, "
                f"but buffer only has {end_ms - begin_ms:.2f} ms of audio."
            )
            raise EventRefused("input_audio_buffer_commit_empty", message)
        heeded: list[Heeded] = []
        if spoken is None or spoken.held:
            heeded += self._dropped()
            spoken = self._utterance = Utterance(self._ids("item"), begin_ms)
            heeded += self._opened(spoken)
        return heeded + self._commit(spoken, end_ms, end_ms, by_voice=False)

    def commit_silence(self) -> list[Heeded]:
        """Nobody has said anything for so long that they are to be spoken to."""
        begin_ms, end_ms = self._audio.begin_ms, self._audio.end_ms
        item_id = self._ids("item")
        told = self._teller.say(
            "input_audio_buffer.timeout_triggered", item_id=item_id, audio_start_ms=round(begin_ms), audio_end_ms=round(end_ms)
        )
        pcm = self._audio.between(begin_ms, end_ms)
        self._audio.forget_before(end_ms)
        return [told, Committed(item_id, pcm, by_voice=False, idle=True)]

    def clear(self) -> list[Heeded]:
        """Forget what was sent."""
        heeded = self._dropped()
        self._audio.clear()
        return [*heeded, self._teller.say("input_audio_buffer.cleared")]

    def abandon(self) -> list[Heeded]:
        """The client is gone, or has come back by another way: forget what it was saying."""
        heeded = self._dropped()
        if self._watching:
            self._watching = False
            heeded.append(StopWatching())
        return heeded

    def _turn(self, turn: VoiceTurn, *, busy: bool) -> list[Heeded]:
        spoken = self._utterance
        match turn:
            case Began(at_ms):
                return self._begin(at_ms, busy=busy)
            case Paused(at_ms) if spoken is not None:
                return self._paused(spoken, at_ms)
            case WentOn() if spoken is not None:
                self._reset_wait()
                return []
            case Ended(voice_end_ms, at_ms) if spoken is not None:
                self._reset_wait()
                spoken.voice_end_ms = voice_end_ms
                if spoken.held:
                    spoken.ended_ms = at_ms
                    return []
                return self._stop(spoken, at_ms)
        return []

    def _begin(self, at_ms: float, *, busy: bool) -> list[Heeded]:
        given = self._given.turn_detection
        padding_ms = given.prefix_padding_ms if isinstance(given, ServerVad) else SEMANTIC_PADDING_MS
        begin_ms = max(self._audio.begin_ms, at_ms - padding_ms)
        spoken = self._utterance = Utterance(self._ids("item"), begin_ms, at_ms)
        heeded = self._opened(spoken)
        if busy and isinstance(given, SemanticVad) and given.interrupt_response:
            spoken.held = True
            return [*heeded, Duck(DUCKED)]
        return heeded + self._announce(spoken)

    def _announce(self, spoken: Utterance) -> list[Heeded]:
        was_held = spoken.held
        spoken.held = False
        heeded: list[Heeded] = []
        if spoken.finished and spoken.ended_ms is None:
            # The speaker goes on: what was heard was heard too early.
            spoken.finished = False
            heeded += [DropHearing(spoken.item_id), *self._opened(spoken)]
        told = self._teller.say("input_audio_buffer.speech_started", item_id=spoken.item_id, audio_start_ms=round(spoken.begin_ms))
        return [*heeded, told, Announced(), *([Duck(1.0)] if was_held else [])]

    def _paused(self, spoken: Utterance, at_ms: float) -> list[Heeded]:
        spoken.pauses += 1
        spoken.voice_end_ms = at_ms
        if spoken.held:
            if spoken.finished:
                return []
            spoken.finished = True
            return [FinishHearing(spoken.item_id, self._seconds(spoken, self._audio.end_ms))]
        heeded: list[Heeded] = [PauseHearing(spoken.item_id)]
        given = self._given.turn_detection
        if isinstance(given, SemanticVad):
            pcm = self._audio.between(spoken.begin_ms, self._audio.end_ms)
            heeded.append(JudgeTurn(spoken.item_id, spoken.pauses, pcm, spoken.partial, self._language, given))
        return heeded

    def _stop(self, spoken: Utterance, at_ms: float) -> list[Heeded]:
        told = self._teller.say("input_audio_buffer.speech_stopped", item_id=spoken.item_id, audio_end_ms=round(at_ms))
        voice_end_ms = at_ms if spoken.voice_end_ms is None else spoken.voice_end_ms
        return [told, *self._commit(spoken, at_ms, voice_end_ms, by_voice=True)]

    def _commit(self, spoken: Utterance, end_ms: float, voice_end_ms: float, *, by_voice: bool) -> list[Heeded]:
        pcm = self._audio.between(spoken.begin_ms, end_ms)
        committed = Committed(spoken.item_id, pcm, by_voice, voice_end_ms if by_voice else None)
        heeded: list[Heeded] = [committed]
        if not spoken.finished:
            heeded.append(FinishHearing(spoken.item_id, self._seconds(spoken, voice_end_ms)))
        self._utterance = None
        self._audio.forget_before(end_ms)
        if self._turns is not None and not by_voice:
            self._turns.reset()
        return heeded

    def _opened(self, spoken: Utterance) -> list[Heeded]:
        wanted = self._given.transcription
        partly = wanted is not None or isinstance(self._given.turn_detection, SemanticVad)
        heeded: list[Heeded] = [OpenHearing(spoken.item_id, wanted or Transcription(), partly)]
        sound = self._audio.between(spoken.begin_ms, self._audio.end_ms)
        if len(sound.samples):
            heeded.append(FeedHearing(spoken.item_id, sound))
        return heeded

    def _dropped(self) -> list[Heeded]:
        spoken, self._utterance = self._utterance, None
        if self._turns is not None:
            self._turns.reset()
            self._reset_wait()
        if spoken is None:
            return []
        return [DropHearing(spoken.item_id), *([Duck(1.0)] if spoken.held else [])]

    def _reset_wait(self) -> None:
        given = self._given.turn_detection
        if self._turns is not None and isinstance(given, SemanticVad):
            self._turns.silence_ms = PAUSE_MS + given.eagerness.longest_wait_ms

    def _seconds(self, spoken: Utterance, end_ms: float) -> float:
        return max(0.0, end_ms - spoken.begin_ms) / 1000

    @property
    def _language(self) -> str | None:
        return self._given.transcription.language if self._given.transcription is not None else None


def _turns_for(given: Input) -> VoiceTurns | None:
    match given.turn_detection:
        case ServerVad() as vad:
            return VoiceTurns(vad.threshold, vad.silence_duration_ms)
        case SemanticVad() as vad:
            return VoiceTurns(SEMANTIC_THRESHOLD, PAUSE_MS + vad.eagerness.longest_wait_ms)
    return None
