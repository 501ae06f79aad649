"""The way to one client."""

from dataclasses import dataclass
from typing import Protocol

from voxhelm.domain.pcm import Pcm


@dataclass(frozen=True, slots=True)
class Heard:
    """What reached the client's ear of the item that is playing, as far as the server can know."""

    item_id: str
    milliseconds: float


class Face(Protocol):
    """Where a session's events go. Called on the event loop, returns at once; a face that cannot keep up closes itself."""

    def send(self, event: bytes) -> None:
        """An event, as JSON."""
        ...

    def close(self, code: int, reason: str) -> None:
        """End it, after what was sent. code: of a WebSocket's close frame."""
        ...


class PlayingFace(Face, Protocol):
    """A face that plays sound at the pace of the ear, and so knows what was heard: WebRTC."""

    def play(self, item_id: str, pcm: Pcm) -> None:
        """Append to what is being played. pcm: at 24 kHz."""
        ...

    def end_play(self, item_id: str) -> None:
        """Nothing more of the item comes; `Session.drained(item_id)` is due when the last of it has been heard."""
        ...

    def hush(self) -> None:
        """Forget what has not been played yet."""
        ...

    def duck(self, gain: float) -> None:
        """How loud it is from now on, reached without a click."""
        ...

    def heard(self) -> Heard | None:
        """How much of the last item that began to play has been heard by now; None before the first."""
        ...
