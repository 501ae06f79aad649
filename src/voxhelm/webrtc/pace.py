"""When the next frame of a sound is due."""


class Pace:
    """Frames of one length, one after the other, at the pace of time."""

    def __init__(self, *, frame_seconds: float, frame_ticks: int, most_behind_seconds: float) -> None:
        """frame_ticks: how far timestamps go with each frame. most_behind_seconds: what is made up for by sending faster."""
        self._frame_seconds = frame_seconds
        self._frame_ticks = frame_ticks
        self._most_behind_seconds = most_behind_seconds
        self._due_seconds: float | None = None
        self._ticks = 0

    def next(self, now_seconds: float) -> tuple[float, int]:
        """When the next frame is due, and its timestamp. The first is due at once.

        Whoever is asked too late, since its loop was busy, leaves frames out, and timestamps tell the other side of the hole: to send all
        of them faster would be a delay that stays.
        """
        due = now_seconds if self._due_seconds is None else self._due_seconds
        behind = now_seconds - due
        if behind > self._most_behind_seconds:
            missed = int(behind / self._frame_seconds)
            due += missed * self._frame_seconds
            self._ticks += missed * self._frame_ticks
        ticks = self._ticks
        self._due_seconds = due + self._frame_seconds
        self._ticks += self._frame_ticks
        return due, ticks
