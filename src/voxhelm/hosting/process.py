"""The server's side of a host process: starting it, its streams, its end."""

import asyncio
import itertools
import os
import signal
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from voxhelm.domain import errors
from voxhelm.domain.activity import Activity
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.hosting import wire
from voxhelm.hosting.card import environment_for, seen_from_inside
from voxhelm.hosting.command import host_command
from voxhelm.hosting.connection import HostConnection
from voxhelm.kit.threads import closing_source

# A model that is told to unload gets this long to finish a native call before it is killed.
STOP_GRACE_SECONDS: Final = 3.0


class ProcessHost:
    """A `Host` whose model lives in a child process."""

    def __init__(self, spec: ModelSpec, process: asyncio.subprocess.Process, connection: HostConnection) -> None:
        """Take over a started process; `load` does that."""
        self.spec = spec
        self.resident_bytes = 0
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._process = process
        self._connection = connection
        self._numbers = itertools.count(1)
        self.stopping = False
        self._watch = asyncio.create_task(self._watch_process(), name=f"watch-{spec.id}")

    @classmethod
    async def load(cls, engine: str, spec: ModelSpec, placement: Placement, interpreter: Path | None = None) -> "ProcessHost":
        """Start a process and load the model in it.

        engine: where the engine's registration is, as `package.module:NAME`. interpreter: the engine's own; None for ours.

        Raises ModelLoadFailed, or what the engine raised if it is one of `domain.errors`; EngineCrashed when the process dies meanwhile.
        """
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                *host_command(theirs.fileno(), engine, interpreter),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env=environment_for(placement, os.environ),
            )
        except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
            ours.close()
            if interpreter is None:
                raise
            raise errors.ModelLoadFailed(
                f"The interpreter {interpreter} of model '{spec.id}' cannot be started: {error.strerror}. "
                "`voxhelm doctor` says how to mend it."
            ) from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()

        def sever() -> None:
            # Without its socket a host is of no use, and one that hangs in native code would not notice.
            if not host.stopping:
                host.kill()

        connection = HostConnection(on_lost=sever)
        host = cls(spec, process, connection)
        try:
            ours.setblocking(False)
            await asyncio.get_running_loop().create_unix_connection(lambda: connection, sock=ours)
            connection.send(wire.Load(engine, spec, seen_from_inside(placement)))
            match await connection.first():
                case wire.Ready(resident_bytes):
                    host.resident_bytes = resident_bytes
                case wire.Fault() as fault:
                    raise _error_of(fault)
                case None:
                    raise errors.EngineCrashed(
                        f"The process of model '{spec.id}' died while it was loading ({await host.ended}). Try again.",
                        retry_after_seconds=1.0,
                    )
        except BaseException:
            await host.stop()
            raise
        return host

    @property
    def process_id(self) -> int:
        """As `Host`."""
        return self._process.pid

    async def synthesize(self, text: str, options: SynthesizeOptions) -> AsyncGenerator[Speech]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._messages(number, wire.Synthesize(number, text, options))
        try:
            async for message in messages:
                sound = cast("wire.Sound", message)
                yield Speech(Pcm.from_bytes(sound.samples, sound.rate_hz), sound.words)
        finally:
            await messages.aclose()

    async def transcribe(self, audio: AsyncIterator[Pcm], options: TranscribeOptions) -> AsyncGenerator[Segment]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._fed_messages(number, wire.Transcribe(number, options), audio)
        try:
            async for message in messages:
                yield cast("wire.Heard", message).segment
        finally:
            await messages.aclose()

    async def detect(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[Activity]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._fed_messages(number, wire.Detect(number), audio)
        try:
            async for message in messages:
                yield cast("wire.Seen", message).activity
        finally:
            await messages.aclose()

    async def diarize(self, audio: AsyncIterator[Pcm], options: DiarizeOptions) -> AsyncGenerator[Turn]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._fed_messages(number, wire.diarize_call(number, options), audio)
        try:
            async for message in messages:
                yield cast("wire.Took", message).turn
        finally:
            await messages.aclose()

    async def detect_language(self, audio: AsyncIterator[Pcm], languages: Sequence[str]) -> AsyncGenerator[LanguageGuess]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._fed_messages(number, wire.DetectLanguage(number, tuple(languages)), audio)
        try:
            async for message in messages:
                yield cast("wire.Guessed", message).guess
        finally:
            await messages.aclose()

    async def judge(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[TurnGuess]:
        """As `Host`."""
        number = next(self._numbers)
        messages = self._fed_messages(number, wire.Judge(number), audio)
        try:
            async for message in messages:
                yield cast("wire.Judged", message).guess
        finally:
            await messages.aclose()

    async def stop(self) -> None:
        """As `Host`. A process that does not end in time is killed."""
        self.stopping = True
        self._connection.close()
        try:
            async with asyncio.timeout(STOP_GRACE_SECONDS):
                await asyncio.shield(self._watch)
        except TimeoutError:
            self.kill()
        await asyncio.shield(self._watch)

    def kill(self) -> None:
        """End the process at once; whoever has a stream open gets EngineCrashed."""
        # Not `Process.kill`: it looks whether the process has ended, and thereby takes its exit status from whoever waits for it.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def _watch_process(self) -> None:
        status = await self._process.wait()
        self._connection.close()
        if self.stopping:
            reason = "unloaded"
        elif status < 0:
            reason = f"killed by {signal.Signals(-status).name}"
        else:
            reason = f"exit status {status}"
        self.ended.set_result(reason)

    async def _messages(self, number: int, call: wire.Call) -> AsyncGenerator[wire.Result]:
        """Open a stream and yield its items, granting credit as they are taken."""
        inbox = self._connection.open(number)
        finished = False
        taken = 0
        try:
            self._connection.send(call)
            while True:
                message = await inbox.get()
                match message:
                    case None:
                        finished = True
                        raise errors.EngineCrashed(
                            f"The process of model '{self.spec.id}' ended in the middle of the request "
                            f"({await asyncio.shield(self.ended)}). It is restarted for the next one: try again.",
                            retry_after_seconds=1.0,
                        )
                    case wire.Done():
                        finished = True
                        return
                    case wire.Fault():
                        finished = True
                        raise _error_of(message)
                    case Exception():
                        raise message
                    case wire.Sound() | wire.Heard() | wire.Seen() | wire.Took() | wire.Guessed() | wire.Judged():
                        taken += 1
                        if taken == wire.OUTPUT_WINDOW // 2:
                            self._connection.send(wire.Credit(number, taken))
                            taken = 0
                        yield message
                    case wire.Ready() | wire.Credit():
                        raise AssertionError("the connection keeps these from streams")
        finally:
            self._connection.forget(number)
            if not finished:
                self._connection.send(wire.Cancel(number))

    async def _fed_messages(self, number: int, call: wire.FedCall, audio: AsyncIterator[Pcm]) -> AsyncGenerator[wire.Result]:
        """As `_messages`, while feeding `audio` to the stream."""
        room = self._connection.open_input(number)
        messages = self._messages(number, call)

        async def pump() -> None:
            try:
                async with closing_source(audio):
                    async for pcm in audio:
                        await room.acquire()
                        self._connection.send(wire.Feed(number, pcm.to_bytes(), pcm.rate_hz))
                self._connection.send(wire.Feed(number, b"", 0))
            except Exception as error:  # noqa: BLE001 - it is raised again, to the reader of the stream
                self._connection.fail(number, error)

        feeding = asyncio.create_task(pump(), name=f"feed-{number}")
        try:
            async for message in messages:
                yield message
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await messages.aclose()


def _error_of(fault: wire.Fault) -> errors.VoxhelmError:
    kind = getattr(errors, fault.kind, errors.EngineFailed)
    return cast("errors.VoxhelmError", kind(fault.message, param=fault.param, retry_after_seconds=fault.retry_after_seconds))
