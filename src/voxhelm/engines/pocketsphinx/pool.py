"""A few decoders, lent one at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voxhelm.domain.errors import ShuttingDown
from voxhelm.engines.pocketsphinx.decoder import Decoder


class DecoderPool:
    """Up to `limit` decoders. Any thread may borrow; the first is made at once, the others when callers meet."""

    def __init__(self, make: Callable[[], Decoder], *, limit: int) -> None:
        """`make` may raise; for the first decoder it does so here."""
        self._make = make
        self._limit = limit
        self._changed = threading.Condition()
        self._closing = False
        self._idle = [make()]
        self._made = 1

    @contextmanager
    def borrow(self) -> Iterator[Decoder]:
        """A decoder of one's own. Blocks while all are lent. Raises `ShuttingDown` once the pool is being closed."""
        decoder = self._take()
        try:
            yield decoder
        except BaseException:
            # Whatever state it was left in, nobody else shall have it.
            decoder.close()
            self._forget()
            raise
        with self._changed:
            self._idle.append(decoder)
            self._changed.notify_all()

    def close(self) -> None:
        """Free all decoders, waiting for those that are lent."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._idle) == self._made)
            while self._idle:
                self._idle.pop().close()
                self._made -= 1

    def _take(self) -> Decoder:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._idle or self._made < self._limit)
            if self._closing:
                raise ShuttingDown("The model is being unloaded; try again.")
            if self._idle:
                return self._idle.pop()
            self._made += 1
        try:
            return self._make()
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        with self._changed:
            self._made -= 1
            self._changed.notify_all()
