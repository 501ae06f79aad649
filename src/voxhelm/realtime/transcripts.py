"""What was heard of the caller's utterances, as it is told to the client."""

from collections.abc import Sequence
from dataclasses import dataclass

from voxhelm.realtime.effects import DropHearing, Effect
from voxhelm.realtime.happenings import Heard, HearingFailed
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.teller import Teller

EVENT = "conversation.item.input_audio_transcription"
LOGPROBS = "item.input_audio_transcription.logprobs"


@dataclass(frozen=True, slots=True)
class _Expected:
    """told: whether the client wants to read it. answers: whether a reply follows. logprobs: whether those are wanted."""

    told: bool
    answers: bool
    logprobs: bool


class Transcripts:
    """Owns which items have yet to be heard, and what of them was told."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._expected: dict[str, _Expected] = {}
        self._told: dict[str, str] = {}

    @property
    def pending(self) -> Sequence[str]:
        """Items that have yet to be heard."""
        return tuple(self._expected)

    @property
    def any_to_answer(self) -> bool:
        """Whether an utterance that is to be answered has yet to be heard."""
        return any(expected.answers for expected in self._expected.values())

    def expect(self, item_id: str, config: SessionConfig, *, answers: bool) -> None:
        """An item is being heard. answers: whether a reply follows."""
        self._expected[item_id] = _Expected(config.input.transcription is not None, answers, LOGPROBS in config.include)

    def expects(self, item_id: str) -> bool:
        """Whether it has yet to be heard."""
        return item_id in self._expected

    def answers(self, item_id: str) -> bool:
        """Whether a reply follows when it has been heard."""
        return item_id in self._expected and self._expected[item_id].answers

    def partly(self, item_id: str, delta: str) -> list[Effect]:
        """More words of an utterance; the client reads them at once."""
        self._told[item_id] = self._told.get(item_id, "") + delta
        return [self._teller.say(f"{EVENT}.delta", item_id=item_id, content_index=0, delta=delta)]

    def heard(self, heard: Heard) -> list[Effect]:
        """All of it."""
        expected, told = self._expected.pop(heard.item_id), self._told.pop(heard.item_id, "")
        if not expected.told:
            return []
        effects: list[Effect] = []
        transcript = heard.transcript.strip()
        # What was told is not taken back; where it was heard otherwise in the end, only the whole says so.
        rest = transcript[len(told) :] if transcript.startswith(told) else ""
        if rest:
            effects.append(self._teller.say(f"{EVENT}.delta", item_id=heard.item_id, content_index=0, delta=rest))
        more: dict[str, object] = {"languages": [{"code": heard.language}]} if heard.language else {}
        if expected.logprobs:
            more["logprobs"] = [
                {"token": token, "logprob": value, "bytes": list(token.encode())} for token, value in heard.logprobs
            ]
        usage = {"type": "duration", "seconds": round(heard.seconds, 3)}
        completed = self._teller.say(
            f"{EVENT}.completed", item_id=heard.item_id, content_index=0, transcript=transcript, usage=usage, **more
        )
        return [*effects, completed]

    def failed(self, failed: HearingFailed) -> list[Effect]:
        """It could not be heard."""
        expected = self._expected.pop(failed.item_id)
        self._told.pop(failed.item_id, None)
        # Without `param`: the official client for JavaScript takes no null here, and would not see the event.
        error = {"type": "server_error", "code": failed.code, "message": failed.message}
        if expected.told:
            return [self._teller.say(f"{EVENT}.failed", item_id=failed.item_id, content_index=0, error=error)]
        return [self._teller.fail(failed.code, failed.message, kind="server_error")]

    def drop(self, item_id: str) -> list[Effect]:
        """Nobody wants it any more."""
        self._told.pop(item_id, None)
        return [DropHearing(item_id)] if self._expected.pop(item_id, None) is not None else []
