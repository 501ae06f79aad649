"""Whether a server is worth calling, for callers in many threads."""

from threading import Lock

from voxhelm.domain.errors import Unavailable
from voxhelm.kit.breaker import Breaker
from voxhelm.kit.clock import Clock


class Health:
    """A `Breaker` behind a lock."""

    def __init__(self, server: str, clock: Clock, breaker: Breaker | None = None) -> None:
        """server: for the message."""
        self._server = server
        self._clock = clock
        self._breaker = breaker or Breaker()
        self._lock = Lock()

    def begin(self) -> None:
        """Ask to call the server; `succeeded`, `failed` or `abandoned` must follow. Raises Unavailable while it is left alone."""
        with self._lock:
            now_seconds = self._clock.monotonic_seconds()
            wait_seconds = self._breaker.wait_seconds(now_seconds)
            if wait_seconds > 0:
                raise Unavailable(
                    f"{self._server} does not answer and is left alone for {wait_seconds:.0f} s.", retry_after_seconds=wait_seconds
                )
            self._breaker = self._breaker.called(now_seconds)

    def succeeded(self) -> None:
        """It has answered."""
        with self._lock:
            self._breaker = self._breaker.succeeded()

    def failed(self) -> None:
        """It could not be reached, or has broken down."""
        with self._lock:
            self._breaker = self._breaker.failed(self._clock.monotonic_seconds())

    def abandoned(self) -> None:
        """The caller left before it was known."""
        with self._lock:
            self._breaker = self._breaker.abandoned()
