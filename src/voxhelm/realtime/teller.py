"""Says things to the client."""

from collections.abc import Callable

from voxhelm.realtime.effects import Send
from voxhelm.realtime.refusal import EventRefused


class Teller:
    """Makes server events."""

    def __init__(self, ids: Callable[[str], str]) -> None:
        """ids: a new id for a kind of thing, such as `event`."""
        self._ids = ids

    def say(self, kind: str, **fields: object) -> Send:
        """An event with its id."""
        return Send({"type": kind, "event_id": self._ids("event"), **fields})

    def refuse(self, refusal: EventRefused, event_id: str | None) -> Send:
        """What a client event cannot have. event_id: the client's."""
        return self.fail(refusal.code, refusal.message, refusal.param, event_id)

    def fail(
        self, code: str, message: str, param: str | None = None, event_id: str | None = None, kind: str = "invalid_request_error"
    ) -> Send:
        """Something went wrong; the session goes on."""
        error = {"type": kind, "code": code, "message": message, "param": param, "event_id": event_id}
        return self.say("error", error=error)
