"""The ways an engine's model is run: each gives the same blocking calls, so one suite serves all."""

import asyncio
import pkgutil
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from voxhelm.domain.engine import Synthesizer, Transcriber, TurnJudge, VoiceDetector
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.process import ProcessHost
from voxhelm.kit.threads import iterate_in_thread

Model = Synthesizer | Transcriber | VoiceDetector | TurnJudge


@contextmanager
def inline(reference: str, spec: ModelSpec, interpreter: Path | None = None) -> Iterator[Model]:
    """In this process, with nothing in between."""
    assert interpreter is None, "what needs an interpreter of its own cannot be loaded in this one"
    with pkgutil.resolve_name(reference).load(spec, Placement()) as model:
        yield model


@contextmanager
def hosted(reference: str, spec: ModelSpec, interpreter: Path | None = None) -> Iterator[Model]:
    """In a process of its own, as the server runs it; a loop in another thread is turned back into blocking calls.

    interpreter: the engine's own; None for this one.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="contract-loop")
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    try:
        host = run(ProcessHost.load(reference, spec, Placement(), interpreter))
        try:
            yield BlockingHost(host, run)
        finally:
            run(host.stop())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class BlockingHost:
    """A `Host` seen from a thread that may block."""

    def __init__(self, host: ProcessHost, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._host = host
        self._run = run

    def synthesize(self, text, options, /):
        return self._iterate(lambda: self._host.synthesize(text, options))

    def transcribe(self, audio, options, /):
        return self._iterate(lambda: self._host.transcribe(_source(audio), options))

    def detect(self, audio, /):
        return self._iterate(lambda: self._host.detect(_source(audio)))

    def judge(self, audio, /):
        return self._iterate(lambda: self._host.judge(_source(audio)))

    def _iterate(self, make: Callable[[], AsyncGenerator[Any]]) -> Generator[Any, None, None]:
        stream = make()
        try:
            while True:
                try:
                    item = self._run(anext(stream))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            self._run(stream.aclose())


def _source(audio: Iterator[Pcm]) -> AsyncGenerator[Pcm]:
    return iterate_in_thread(lambda: audio)


WAYS: Final[dict[str, Callable[[str, ModelSpec, Path | None], AbstractContextManager[Model]]]] = {
    "inline": inline,
    "hosted": hosted,
}
