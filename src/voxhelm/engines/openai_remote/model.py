"""A server as a `Synthesizer`."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

import httpx

from voxhelm.domain.errors import EngineFailed, ParameterInvalid, QueueFull, Unavailable, VoiceNotFound, VoxhelmError
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.engines.openai_remote.client import Answer, SpeechClient
from voxhelm.engines.openai_remote.complaint import error_of, refuses_format
from voxhelm.engines.openai_remote.health import Health
from voxhelm.engines.openai_remote.remote import Remote
from voxhelm.engines.openai_remote.sound import sound_of

# Before the first byte, once more is safe: nothing has been heard yet.
ATTEMPTS: Final = 2
PAUSE_SECONDS: Final = 0.2
# A server that wants a longer pause than this is not asked again within the request.
LONGEST_PAUSE_SECONDS: Final = 1.0
SAMPLES: Final = "pcm"
PLAIN_FORMAT: Final = "wav"
# What Voxhelm itself takes for markup, and others that have it from the same places.
MARKUP: Final = re.compile(r"<(?=\??(?:speak|xml)\b)|\[(?=(?:pause|voice):)", re.IGNORECASE)


class RemoteSynthesizer:
    """Speaks with the voices of one server, any number of calls at once; how many it takes is the server's business."""

    def __init__(self, remote: Remote, client: SpeechClient, health: Health, wait: Callable[[float], None] = time.sleep) -> None:
        """client: open for as long as this is used. wait: for so many seconds, between two attempts."""
        self._remote = remote
        self._client = client
        self._health = health
        self._wait = wait
        self._voices = {voice.id for voice in remote.listed_voices()}
        self._format: str = remote.response_format

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as the server sends it. Closing the generator closes the connection.

        Raises VoiceNotFound or ParameterInvalid at once; then Unavailable when the server cannot be reached or has no time, what it said
        itself as BadRequest and its children, EngineFailed when it breaks off or sends no sound.
        """
        if options.voice not in self._voices:
            raise VoiceNotFound(f"There is no voice '{options.voice}' on {self._remote.host}.", param="voice")
        if not 0.25 <= options.speed <= 4:
            raise ParameterInvalid(f"speed is {options.speed}, it must be from 0.25 to 4.", param="speed")
        return self._speak(text, options)

    def _speak(self, text: str, options: SynthesizeOptions) -> Iterator[Speech]:
        if not any(character.isalnum() for character in text):
            return  # servers refuse that as often as they say nothing
        sound = self._sound(to_the_letter(text), options if self._remote.speed else replace(options, speed=1.0))
        if not self._remote.speed and options.speed != 1.0:
            from voxhelm.audio.tempo import at_tempo

            sound = at_tempo(sound, options.speed)
        for pcm in sound:
            if len(pcm.samples):
                yield Speech(pcm)

    def _sound(self, text: str, options: SynthesizeOptions) -> Iterator[Pcm]:
        self._health.begin()
        verdict = self._health.abandoned
        try:
            with ExitStack() as stack:
                answer, asked = self._ask(stack, text, options)
                verdict = self._health.succeeded
                yield from sound_of(answer.chunks, asked, answer.headers.get("content-type", ""), self._remote.pcm_rate_hz)
        except httpx.TransportError as error:
            verdict = self._health.failed
            raise EngineFailed(f"{self._remote.host} broke off in the middle: {_named(error)}") from error
        except VoxhelmError as error:
            # A server that has too much to do, or complains, is a server that is there.
            unreachable = isinstance(error, Unavailable) and not isinstance(error, QueueFull)
            verdict = self._health.failed if unreachable else self._health.succeeded
            raise
        finally:
            verdict()

    def _ask(self, stack: ExitStack, text: str, options: SynthesizeOptions) -> tuple[Answer, str]:
        """An answer that promises sound, open as long as `stack`, and the format it was asked for."""
        for left in reversed(range(ATTEMPTS)):
            problem: VoxhelmError
            try:
                outcome = self._attempt(stack, text, options)
                if isinstance(outcome, tuple):
                    return outcome
                problem = outcome
            except httpx.TransportError as error:
                problem = Unavailable(f"{self._remote.host} cannot be reached: {_named(error)}", retry_after_seconds=1.0)
                if isinstance(error, httpx.TimeoutException):
                    raise problem from error  # it has been waited for long enough
            pause_seconds = problem.retry_after_seconds
            if not left or pause_seconds is None or pause_seconds > LONGEST_PAUSE_SECONDS:
                raise problem
            self._wait(PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, stack: ExitStack, text: str, options: SynthesizeOptions) -> tuple[Answer, str] | VoxhelmError:
        """One attempt; two where the server turns out not to send samples."""
        while True:
            asked = self._format
            with ExitStack() as attempt:
                answer = attempt.enter_context(self._client.speak(text, options.voice, options.speed, asked, options.instructions))
                if 200 <= answer.status < 300:
                    stack.push(attempt.pop_all())
                    return answer, asked
                complaint = answer.complaint()
            if asked != SAMPLES or not refuses_format(answer.status, complaint):
                return error_of(self._remote.host, answer.status, answer.headers, complaint)
            self._format = PLAIN_FORMAT


def to_the_letter(text: str) -> str:
    """`text` so that a server which knows markup reads it as text: whoever calls has taken care of the markup that was meant."""
    return MARKUP.sub(lambda found: f"{found[0]} ", text)


def _named(error: httpx.TransportError) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
