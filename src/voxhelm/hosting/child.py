"""The host process: loads one model and serves its streams until the server goes away.

Started as `python -m voxhelm.hosting.child FD`, or by `bootstrap.py` in an interpreter that an engine has for itself. It ends when FD
reaches its end, which also happens when the server is killed; for the case that native code holds the interpreter just then, the kernel
is asked to kill this process together with its parent.
"""

import ctypes
import os
import pkgutil
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Final, cast

from voxhelm.domain.engine import Diarizer, Engine, LanguageDetector, Model, Synthesizer, Transcriber, TurnJudge, VoiceDetector
from voxhelm.domain.errors import Cancelled, VoxhelmError
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting import wire
from voxhelm.hosting.stream import HostedStream

PR_SET_PDEATHSIG: Final = 1


def main(descriptor: int) -> None:
    """Run until the server closes the socket. descriptor: our end of it."""
    _forbid_core_dumps()
    connection = socket.socket(fileno=descriptor)
    _die_with_parent()
    # Ctrl-C reaches the whole foreground group; it is the server's to handle, which then closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Child(connection).run()
    # Threads in native code must not keep a finished host alive.
    os._exit(0)


def _forbid_core_dumps() -> None:
    # A crash loop that dumps cores fills a disk within the hour.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(0)


def resident_bytes() -> int:
    """Memory this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - one line, read once
        return int(statm.read().split()[1]) * resource.getpagesize()


class Child:
    """The reading side of a host: one loop that opens, feeds and cancels streams."""

    def __init__(self, connection: socket.socket) -> None:
        """connection: the stream socket to the server."""
        self._connection = connection
        self._reader = connection.makefile("rb", buffering=1 << 16)
        self._write_lock = threading.Lock()
        self._streams: dict[int, HostedStream] = {}

    def run(self) -> None:
        """Load, serve, unload."""
        message = self._read()
        if not isinstance(message, wire.Load):
            return
        try:
            context = self._find(message.engine).load(message.spec, message.placement)
            model = context.__enter__()
        except VoxhelmError as error:
            self.send(wire.fault_of(0, error))
            return
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is told to the server
            self.send(wire.Fault(0, "ModelLoadFailed", f"{type(error).__name__}: {error}", None))
            return
        self.send(wire.Ready(resident_bytes()))
        self._serve(model, context)

    def _serve(self, model: Model, context: AbstractContextManager[Model]) -> None:
        while (message := self._read()) is not None:
            match message:
                case wire.Synthesize() | wire.Transcribe() | wire.Detect() | wire.Diarize() | wire.DetectLanguage() | wire.Judge():
                    self._open(message.stream, model, message)
                case wire.Feed() | wire.Credit() | wire.Cancel():
                    stream = self._streams.get(message.stream)
                    if stream is not None:
                        stream.deliver(message)
        # The server has closed its side. Give open streams no chance to write, and leave the model in order.
        for stream in list(self._streams.values()):
            stream.deliver(wire.Cancel(stream.number))
        for stream in list(self._streams.values()):
            stream.join()
        context.__exit__(None, None, None)

    def _open(self, number: int, model: Model, call: wire.Call) -> None:
        stream = HostedStream(number, self.send, self._streams.pop)
        self._streams[number] = stream

        def items() -> Iterator[wire.Result]:
            if isinstance(call, wire.Synthesize):
                for speech in cast("Synthesizer", model).synthesize(call.text, call.options):
                    yield wire.Sound(number, speech.pcm.to_bytes(), speech.pcm.rate_hz, speech.words)
            else:
                yield from _of_sound(model, call, stream.audio())

        stream.start(items)

    def send(self, message: wire.ToServer) -> None:
        """Write a frame; from any thread. Raises Cancelled when the server is gone."""
        frame = wire.encode(message)
        try:
            with self._write_lock:
                self._connection.sendall(frame)
        except OSError as error:
            raise Cancelled("the server is gone") from error

    def _read(self) -> wire.ToHost | None:
        """The next message; None when the server has closed its side, in whatever way."""
        try:
            header = self._reader.read(wire.HEADER.size)
            if len(header) < wire.HEADER.size:
                return None
            (length,) = wire.HEADER.unpack(header)
            body = self._reader.read(length)
        except ConnectionResetError:
            # It closed while something of ours was still unread: an end like any other.
            return None
        return None if len(body) < length else wire.decode_for_host(body)

    @staticmethod
    def _find(reference: str) -> Engine:
        return cast("Engine", pkgutil.resolve_name(reference))


def _of_sound(model: Model, call: wire.FedCall, audio: Iterator[Pcm]) -> Iterator[wire.Result]:
    """What the model makes of `audio`, as it travels."""
    number = call.stream
    match call:
        case wire.Transcribe():
            for segment in cast("Transcriber", model).transcribe(audio, call.options):
                yield wire.Heard(number, segment)
        case wire.Detect():
            for activity in cast("VoiceDetector", model).detect(audio):
                yield wire.Seen(number, activity)
        case wire.Diarize():
            for turn in cast("Diarizer", model).diarize(audio, wire.diarize_options(call)):
                yield wire.Took(number, turn)
        case wire.DetectLanguage():
            for guess in cast("LanguageDetector", model).detect_language(audio, call.languages):
                yield wire.Guessed(number, guess)
        case wire.Judge():
            for turn_guess in cast("TurnJudge", model).judge(audio):
                yield wire.Judged(number, turn_guess)


if __name__ == "__main__":
    main(int(sys.argv[1]))
