"""The one bridge between blocking generators and the event loop, both ways, with back-pressure."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Final, Generic, TypeVar, cast

T = TypeVar("T")

_END: Final = object()


class _Failure:
    """An exception on its way from a thread to the loop."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


async def iterate_in_thread(
    make: Callable[[], Iterator[T]],
    *,
    depth: int = 4,
    name: str = "voxhelm-stream",
    unblock: Callable[[], None] = lambda: None,
) -> AsyncGenerator[T]:
    """Run the blocking iterator that `make` returns in a thread of its own and yield its items.

    depth: how many items the thread may be ahead of the consumer.
    unblock: called before the thread is waited for; has an iterator go on that waits for something else than its consumer.
    Closing the generator closes the iterator at its next yield and returns when the thread has ended, so nothing is left behind.
    """
    loop = asyncio.get_running_loop()
    items: asyncio.Queue[object] = asyncio.Queue()
    room = threading.Semaphore(depth)
    stopped = threading.Event()

    def run() -> None:
        final: object = _END
        try:
            iterator = make()
            try:
                for item in iterator:
                    room.acquire()
                    if stopped.is_set():
                        break
                    loop.call_soon_threadsafe(items.put_nowait, item)
            finally:
                close = getattr(iterator, "close", None)
                if close is not None:
                    close()
        except BaseException as error:  # noqa: BLE001 - it is raised again, on the loop's side
            final = _Failure(error)
        # A loop that was closed meanwhile has nobody left to tell.
        if not loop.is_closed():
            loop.call_soon_threadsafe(items.put_nowait, final)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    ended = False
    try:
        while True:
            item = await items.get()
            if item is _END:
                ended = True
                return
            if isinstance(item, _Failure):
                ended = True
                raise item.error
            room.release()
            yield cast("T", item)
    finally:
        stopped.set()
        room.release()
        unblock()
        if not ended:
            await _drain(items)
        # The thread posts its last item as its last act, so this does not block the loop.
        thread.join()


async def _drain(items: asyncio.Queue[object]) -> None:
    """Wait for the thread's last word, through any number of cancellations: leaving it behind would leak it."""
    cancelled: asyncio.CancelledError | None = None
    while True:
        try:
            item = await items.get()
        except asyncio.CancelledError as error:
            cancelled = error
            continue
        if item is _END or isinstance(item, _Failure):
            break
    if cancelled is not None:
        raise cancelled


def call_in_thread(call: Callable[[], T], *, name: str) -> "asyncio.Future[T]":
    """Begin a blocking call in a thread of its own; the future has what comes of it.

    For calls that may never return: unlike a thread of an executor, this one keeps nobody from ending.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return  # cancelled meanwhile
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("T", result))

    def run() -> None:
        result, failure = None, None
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - it is raised again, on the loop's side
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(deliver, result, failure)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


@asynccontextmanager
async def closing_source(source: AsyncIterable[object]) -> AsyncGenerator[None]:
    """Close `source` on leaving, if it is a generator: an abandoned one would hold what it holds until it is collected."""
    try:
        yield
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()


class BlockingFeed(Generic[T]):
    """The other direction: items put on the loop are read by a blocking iterator in a thread.

    `put` waits while `depth` items are unread. `abort` makes the reader raise, and `put` return at once.
    """

    def __init__(self, *, depth: int) -> None:
        """depth: how many items may wait unread."""
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Semaphore(depth)
        self._condition = threading.Condition()
        self._items: list[T] = []
        self._ended = False
        self._error: BaseException | None = None

    async def put(self, item: T) -> None:
        """Hand over one item, waiting for room."""
        await self._room.acquire()
        with self._condition:
            self._items.append(item)
            self._condition.notify()

    def end(self) -> None:
        """Say that nothing more comes."""
        with self._condition:
            self._ended = True
            self._condition.notify()

    def abort(self, error: BaseException) -> None:
        """Make the reader raise `error`, now if it waits, else at its next read."""
        with self._condition:
            self._error = error
            self._condition.notify()
        self._room.release()

    async def pump(self, source: AsyncIterable[T]) -> None:
        """Feed everything `source` yields and end; an error of the source is raised in the reader, too."""
        try:
            async with closing_source(source):
                async for item in source:
                    await self.put(item)
        except BaseException as error:
            self.abort(error)
            raise
        self.end()

    def __iter__(self) -> Iterator[T]:
        """Read the items; for the thread."""
        while True:
            with self._condition:
                while not self._items and not self._ended and self._error is None:
                    self._condition.wait()
                if self._error is not None:
                    raise self._error
                if not self._items:
                    return
                item = self._items.pop(0)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._room.release)
            yield item
