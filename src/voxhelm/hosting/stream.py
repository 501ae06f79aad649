"""One call of an engine inside its host process."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing

from voxhelm.domain.errors import Cancelled, VoxhelmError
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting import wire


class HostedStream:
    """Runs an engine's generator in a thread, paced by the server's credit, fed by its input, stopped by its cancel."""

    def __init__(self, number: int, send: Callable[[wire.ToServer], None], forget: Callable[[int], object]) -> None:
        """number: chosen by the server. send: writes a frame, from any thread. forget: called with the number at the end."""
        self.number = number
        self._send = send
        self._forget = forget
        self._changed = threading.Condition()
        self._credit = wire.OUTPUT_WINDOW
        self._cancelled = False
        self._input: deque[Pcm] = deque()
        self._input_ended = False
        self._thread: threading.Thread | None = None

    def start(self, items: Callable[[], Iterator[wire.Result]]) -> None:
        """Begin to work; called once."""
        self._thread = threading.Thread(target=self._run, args=(items,), name=f"stream-{self.number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the work has stopped."""
        if self._thread is not None:
            self._thread.join()

    def deliver(self, message: wire.Feed | wire.Credit | wire.Cancel) -> None:
        """Take what the server says about this stream; returns at once."""
        with self._changed:
            match message:
                case wire.Feed():
                    if message.samples:
                        self._input.append(Pcm.from_bytes(message.samples, message.rate_hz))
                    else:
                        self._input_ended = True
                case wire.Credit():
                    self._credit += message.items
                case wire.Cancel():
                    self._cancelled = True
            self._changed.notify_all()

    def audio(self) -> Iterator[Pcm]:
        """The input, as an engine reads it; raises Cancelled when the caller has gone."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._cancelled or self._input or self._input_ended)
                if self._cancelled:
                    raise Cancelled("the caller has gone")
                if not self._input:
                    return
                pcm = self._input.popleft()
            self._send(wire.Credit(self.number, 1))
            yield pcm

    def _run(self, items: Callable[[], Iterator[wire.Result]]) -> None:
        final: wire.Done | wire.Fault = wire.Done(self.number)
        try:
            with closing(items()) as iterator:  # type: ignore[type-var]  # a generator, whose close stops the engine
                for item in iterator:
                    self._await_credit()
                    self._send(item)
        except Cancelled:
            pass  # nobody waits for a result; `Done` frees the number
        except VoxhelmError as error:
            final = wire.fault_of(self.number, error)
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is told to the server
            final = wire.Fault(self.number, "EngineFailed", f"{type(error).__name__}: {error}", None)
        self._forget(self.number)
        try:
            self._send(final)
        except Cancelled:
            return  # the server is gone, and this process is about to be

    def _await_credit(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or self._credit > 0)
            if self._cancelled:
                raise Cancelled("the caller has gone")
            self._credit -= 1
