"""What of the replies the client's ear has reached, as far as the server can know."""

from dataclasses import dataclass

from voxhelm.realtime.face import Heard


@dataclass(frozen=True, slots=True)
class Played:
    """A message that is played, and the reply that it is of."""

    item_id: str
    response_id: str


class Playing:
    """Follows the sound that was given to be played. By a face that plays, exactly; else as if the client played it at once."""

    def __init__(self) -> None:
        self._queue: list[Played] = []
        self._until_seconds = 0.0

    @property
    def queue(self) -> tuple[Played, ...]:
        """What a playing face has yet to play to its end, in order."""
        return tuple(self._queue)

    def made(self, played: Played, seconds: float, now_seconds: float, *, plays: bool) -> None:
        """More sound of a message. plays: whether the face plays it."""
        self._until_seconds = max(self._until_seconds, now_seconds) + seconds
        if plays and (not self._queue or self._queue[-1].item_id != played.item_id):
            self._queue.append(played)

    def drained(self, item_id: str) -> Played | None:
        """All of a message was played; None when that is no news."""
        found = next((one for one in self._queue if one.item_id == item_id), None)
        if found is not None:
            self._queue = self._queue[self._queue.index(found) + 1 :]
        return found

    def cut_short(self, heard: Heard | None, now_seconds: float) -> list[tuple[Played, float]]:
        """Play no more: what was being played or waited, with how many milliseconds of it were heard."""
        cut = self._queue
        self._queue = []
        self._until_seconds = now_seconds
        if heard is not None and any(one.item_id == heard.item_id for one in cut):
            # What stands before it in the line has been played.
            cut = cut[next(place for place, one in enumerate(cut) if one.item_id == heard.item_id) :]
            return [(one, heard.milliseconds if one.item_id == heard.item_id else 0.0) for one in cut]
        return [(one, 0.0) for one in cut]

    def stopped(self, now_seconds: float) -> None:
        """A client that plays by itself has stopped."""
        self._until_seconds = now_seconds

    def busy(self, now_seconds: float) -> bool:
        """Whether something is being heard."""
        return bool(self._queue) or now_seconds < self._until_seconds

    @property
    def until_seconds(self) -> float:
        """When all of it will have been heard."""
        return self._until_seconds
