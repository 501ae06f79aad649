"""The waiting line of one model: who is served now, who waits, who is sent away. No clock, no loop: time is an argument."""

from collections import Counter
from dataclasses import dataclass

from voxhelm.domain.caller import Priority


@dataclass(frozen=True, slots=True)
class LineOptions:
    """What the operator allows.

    in_flight: how many are served at once. longest: how many may wait.
    promotion_seconds: after each such wait a ticket counts as one class more urgent, so that batch work moves on a busy day, too.
    """

    in_flight: int = 16
    longest: int = 128
    promotion_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line. number: unique, growing with arrival."""

    number: int
    key: str
    priority: Priority
    arrived_seconds: float


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a ticket that was offered: served at once, or kept waiting, or neither.

    displaced: a ticket that lost its place to this one, because its key had more than its share of a full line.
    """

    served: bool = False
    waits: bool = False
    displaced: Ticket | None = None


class Line:
    """Serves the most urgent class first; in a class, the key that is served least now; of a key, who came first."""

    def __init__(self, options: LineOptions) -> None:
        """Begin empty."""
        self._options = options
        self._served: dict[int, Ticket] = {}
        self._waiting: dict[int, Ticket] = {}
        self._last_turn: Counter[str] = Counter()
        self._turn = 0
        self._last_done_seconds: float | None = None
        self._seconds_per_request: float | None = None

    @property
    def in_flight(self) -> int:
        """How many are being served."""
        return len(self._served)

    @property
    def waiting(self) -> tuple[Ticket, ...]:
        """Who waits, in order of arrival."""
        return tuple(self._waiting.values())

    def offer(self, ticket: Ticket, now_seconds: float) -> Offered:
        """Take a new ticket. One that is neither served nor waits has been refused: the line is full."""
        if len(self._served) < self._options.in_flight and not self._waiting:
            self._serve(ticket, now_seconds)
            return Offered(served=True)
        displaced = None
        if len(self._waiting) >= self._options.longest:
            displaced = self._to_displace(ticket)
            if displaced is None:
                return Offered()
            del self._waiting[displaced.number]
        self._waiting[ticket.number] = ticket
        return Offered(waits=True, displaced=displaced)

    def serve_next(self, now_seconds: float) -> Ticket | None:
        """Serve the next ticket if there is room and somebody waits."""
        if not self._waiting or len(self._served) >= self._options.in_flight:
            return None
        served_by_key = Counter(ticket.key for ticket in self._served.values())

        def turn(ticket: Ticket) -> tuple[int, int, int, int]:
            waited_seconds = now_seconds - ticket.arrived_seconds
            urgency = max(0, ticket.priority - int(waited_seconds / self._options.promotion_seconds))
            return (urgency, served_by_key[ticket.key], self._last_turn[ticket.key], ticket.number)

        ticket = min(self._waiting.values(), key=turn)
        del self._waiting[ticket.number]
        self._serve(ticket, now_seconds)
        return ticket

    def leave(self, ticket: Ticket, now_seconds: float) -> None:
        """A ticket is done, or its holder has gone; more than once does no harm."""
        self._waiting.pop(ticket.number, None)
        if self._served.pop(ticket.number, None) is None:
            return
        if self._last_done_seconds is not None and self._waiting:
            # Only while somebody waits does the time between two ends say how fast this model serves.
            interval_seconds = now_seconds - self._last_done_seconds
            known = self._seconds_per_request
            self._seconds_per_request = interval_seconds if known is None else 0.8 * known + 0.2 * interval_seconds
        self._last_done_seconds = now_seconds

    def wait_seconds(self) -> float:
        """How long a newcomer would wait, by the rate at which requests have been ending; a second when nothing is known yet."""
        return max(1.0, (len(self._waiting) + 1) * (self._seconds_per_request or 0.0))

    def _serve(self, ticket: Ticket, _now_seconds: float) -> None:
        self._served[ticket.number] = ticket
        self._turn += 1
        self._last_turn[ticket.key] = self._turn
        if len(self._last_turn) > 4 * (self._options.longest + self._options.in_flight):
            present = {one.key for one in (*self._served.values(), *self._waiting.values())}
            self._last_turn = Counter({key: turn for key, turn in self._last_turn.items() if key in present})

    def _to_displace(self, newcomer: Ticket) -> Ticket | None:
        """The youngest, least urgent ticket of the key that fills the line, if the newcomer's key has clearly less of it."""
        by_key = Counter(ticket.key for ticket in self._waiting.values())
        if not by_key:
            return None
        greediest, most = max(by_key.items(), key=lambda item: item[1])
        if by_key[newcomer.key] + 1 >= most:
            return None
        return max((one for one in self._waiting.values() if one.key == greediest), key=lambda one: (one.priority, one.number))
