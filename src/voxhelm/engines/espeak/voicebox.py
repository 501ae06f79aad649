"""The one thread of a process that speaks through the library."""

import queue
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import ModelLoadFailed, ShuttingDown
from voxhelm.engines.espeak.installation import Installation
from voxhelm.engines.espeak.library import Library, Mark, open_library

# What waits is handed on together up to about this much, a second of sound: fewer, larger pieces cost less on the way.
GATHERED_BYTES: Final = 44_100


@dataclass(frozen=True, slots=True)
class Order:
    """What to say and how. voice: a name of the library. phonemes: whether `[[...]]` are names of phonemes."""

    text: str
    voice: str
    words_per_minute: int
    pause_after: bool
    phonemes: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """samples: 16-bit, native order. marks: what begins or ends, in seconds from the beginning of the order's sound."""

    samples: bytes
    marks: tuple[Mark, ...]


class Voicebox:
    """Says one order at a time, in the order of their arrival. Any number of threads may ask."""

    def __init__(self, library: Library, thread: ThreadPoolExecutor) -> None:
        """thread: of a single worker, the only one that may call `library`."""
        self.library = library
        self._thread = thread
        self._voice: str | None = None

    def say(self, order: Order) -> Generator[Sound, None, None]:
        """Yield the sound as it is made. Blocks this thread only; a slow reader holds nobody up. Closing stops the work soon."""
        sounds: queue.SimpleQueue[Sound | None] = queue.SimpleQueue()
        unwanted = threading.Event()
        try:
            work = self._thread.submit(self._work, order, sounds, unwanted)
        except RuntimeError as error:
            raise _unloaded() from error
        # Runs also when the thread ends before it came to this order.
        work.add_done_callback(lambda _work: sounds.put(None))
        try:
            yield from _gathered(sounds)
            _raise_failure(work)
        finally:
            unwanted.set()

    def _work(self, order: Order, sounds: "queue.SimpleQueue[Sound | None]", unwanted: threading.Event) -> None:
        def on_sound(samples: bytes, marks: tuple[Mark, ...]) -> bool:
            if samples or marks:
                sounds.put(Sound(samples, marks))
            return not unwanted.is_set()

        if unwanted.is_set():
            return
        if self._voice != order.voice:
            # A change of language costs 2 ms, 20 ms the first time.
            self._voice = None
            self.library.set_voice(order.voice)
            self._voice = order.voice
        self.library.set_words_per_minute(order.words_per_minute)
        self.library.say(order.text, on_sound, pause_after=order.pause_after, phonemes=order.phonemes)


def _gathered(sounds: "queue.SimpleQueue[Sound | None]") -> Iterator[Sound]:
    going_on = True
    while going_on:
        samples: list[bytes] = []
        marks: list[Mark] = []
        sound = sounds.get()
        while sound is not None:
            samples.append(sound.samples)
            marks.extend(sound.marks)
            if sum(map(len, samples)) >= GATHERED_BYTES or sounds.empty():
                break
            sound = sounds.get()
        going_on = sound is not None
        if samples:
            yield Sound(b"".join(samples), tuple(marks))


def _raise_failure(work: Future[None]) -> None:
    try:
        work.result()
    except CancelledError as error:
        raise _unloaded() from error


def _unloaded() -> ShuttingDown:
    return ShuttingDown("espeak-ng has been unloaded; try again.")


class _Shared:
    """The library's state belongs to the process, so all its models share one voicebox, and the last one out closes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._installation: Installation | None = None
        self._voicebox: Voicebox | None = None
        self._open = ExitStack()

    def enter(self, installation: Installation) -> Voicebox:
        with self._lock:
            if self._voicebox is None:
                self._voicebox = self._start(installation)
                self._installation = installation
            elif self._installation != installation:
                raise ModelLoadFailed("Another copy of eSpeak NG is loaded in this process, and a process can hold one.")
            self._users += 1
            return self._voicebox

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._voicebox = None
                self._open.close()

    def _start(self, installation: Installation) -> Voicebox:
        with ExitStack() as opening:
            library = opening.enter_context(open_library(installation))
            thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
            # Before the library goes, its thread must have ended.
            opening.callback(thread.shutdown, cancel_futures=True)
            self._open = opening.pop_all()
            return Voicebox(library, thread)


_SHARED: Final = _Shared()


@contextmanager
def open_voicebox(installation: Installation) -> Iterator[Voicebox]:
    """The voicebox of this process. Raises ModelLoadFailed."""
    voicebox = _SHARED.enter(installation)
    try:
        yield voicebox
    finally:
        _SHARED.leave()
