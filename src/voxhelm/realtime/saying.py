"""An answer, from what the assistant writes to what the client hears."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from voxhelm.assistant.answer import AnswerPart, AnswerUsage, Assistant, CallDelta, CallStarted, TextDelta
from voxhelm.audio.formats import AudioFormat as Encoding
from voxhelm.audio.g711 import G711Encoder
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.pcm import Pcm
from voxhelm.kit.clock import Clock
from voxhelm.kit.read_ahead import read_ahead
from voxhelm.realtime.effects import StartAnswer, Voicing
from voxhelm.realtime.happenings import AnswerCall, AnswerEnded, AnswerFailed, AnswerSpeech, AnswerText, Happening
from voxhelm.realtime.mishap import mishap
from voxhelm.realtime.reply_language import ReplyLanguage
from voxhelm.realtime.session_config import RATE_HZ, AudioFormat
from voxhelm.realtime.spans import Span
from voxhelm.realtime.word_spans import WordSpans
from voxhelm.serving.casting import CLAUSE_SECONDS, PARAGRAPH_SECONDS, SENTENCE_SECONDS
from voxhelm.serving.narrator import Says
from voxhelm.serving.speak import SpeechRequest
from voxhelm.telemetry.log import Log
from voxhelm.text.markup import InputType
from voxhelm.text.phrases import Phrases
from voxhelm.text.transcript import separator
from voxhelm.text.unspoken import Unspoken, without_marks

# Parts of an answer that the assistant may be ahead of the voice: a long answer's worth of words.
READ_AHEAD_PARTS: Final = 1_024
# Clients take events of a mebibyte at most, and nothing is paced within a piece. The first one is on its way before there is more.
PIECE_SECONDS: Final = 0.4
_NOTHING: Final = Pcm(np.empty(0, dtype=np.int16), RATE_HZ)
_ENDS_CLAUSE: Final = tuple(",;:—–、，；：،؛")


@dataclass(frozen=True, slots=True)
class Mouth:
    """What answers are made with. run_ahead_seconds: of sound, before it can have been heard."""

    assistant: Assistant
    speaker: Says
    run_ahead_seconds: float
    clock: Clock
    log: Log


class Saying:
    """One answer. It is stopped by cancelling `run`, and then neither the assistant nor the voice goes on."""

    def __init__(
        self,
        mouth: Mouth,
        wanted: StartAnswer,
        caller: Caller,
        post: Callable[[Happening], None],
        first_text: Callable[[], None],
    ) -> None:
        """post: told what came of it. first_text: called when the assistant has begun."""
        self._mouth = mouth
        self._wanted = wanted
        self._caller = replace(caller, priority=Priority.REALTIME, patience_seconds=None)
        self._post = post
        self._first_text: Callable[[], None] | None = first_text
        self._unspoken = Unspoken(code=wanted.voicing is None)
        language = ReplyLanguage(wanted.question)
        self._phrases = Phrases(language.language)
        self._call_id: str | None = None
        self._usage = AnswerUsage()
        self._voice = _Voice(mouth, wanted.response_id, wanted.voicing, language, self._caller, post) if wanted.voicing else None

    async def run(self) -> None:
        """From the question to `AnswerEnded` or `AnswerFailed`."""
        response_id = self._wanted.response_id
        try:
            parts = self._mouth.assistant.answer(self._wanted.question)
            async with aclosing(read_ahead(parts, depth=READ_AHEAD_PARTS)) as batches:
                async for batch in batches:
                    for part in batch:
                        await self._take(part)
            await self._end_part()
            if self._voice is not None:
                self._voice.finish()
        except Exception as error:  # noqa: BLE001 - the session goes on, and the log says what happened
            self._post(AnswerFailed(response_id, *mishap(self._mouth.log, "an answer", error)))
        else:
            self._post(AnswerEnded(response_id, self._usage))

    async def _take(self, part: AnswerPart) -> None:
        match part:
            case TextDelta(text):
                self._began()
                if self._call_id is not None:
                    await self._end_part()
                await self._write(self._unspoken.push(text))
            case CallStarted(call_id, name):
                self._began()
                await self._end_part()
                self._call_id = call_id
                self._post(AnswerCall(self._wanted.response_id, call_id, "", name))
            case CallDelta(arguments):
                if self._call_id is None:
                    raise ValueError("an assistant went on with a call that it had not begun")
                self._post(AnswerCall(self._wanted.response_id, self._call_id, arguments))
            case AnswerUsage():
                self._usage = part

    def _began(self) -> None:
        if self._first_text is not None:
            self._first_text()
            self._first_text = None

    async def _write(self, text: str) -> None:
        if not text:
            return
        if self._voice is None:
            self._post(AnswerText(self._wanted.response_id, text))
            return
        for phrase in self._phrases.push(text):
            await self._voice.say(phrase)

    async def _end_part(self) -> None:
        """What is under way is complete: a call, or the text before one."""
        if self._call_id is not None:
            self._post(AnswerCall(self._wanted.response_id, self._call_id, "", ended=True))
            self._call_id = None
            return
        await self._write(self._unspoken.finish())
        if self._voice is not None:
            for phrase in self._phrases.finish():
                await self._voice.say(phrase)


class _Voice:
    """Says the pieces of one answer, one after the other."""

    def __init__(
        self,
        mouth: Mouth,
        response_id: str,
        voicing: Voicing,
        language: ReplyLanguage,
        caller: Caller,
        post: Callable[[Happening], None],
    ) -> None:
        self._mouth = mouth
        self._response_id = response_id
        self._voicing = voicing
        self._language = language
        self._caller = caller
        self._post = post
        self._encoder = _encoder(voicing.format)
        self._told_samples = 0
        self._began_seconds: float | None = None
        self._before = ""

    @property
    def _told_ms(self) -> float:
        return self._told_samples * 1000 / RATE_HZ

    async def say(self, phrase: str) -> None:
        """A piece as it is written, with what white space is behind it."""
        text = without_marks(phrase)
        if not any(map(str.isalnum, text)):
            return
        request = SpeechRequest(
            text,
            self._voicing.model,
            self._voicing.voice,
            Encoding.PCM,
            self._voicing.speed,
            self._caller,
            cached=False,  # a conversation's sentences come once, and asking the disk takes time
            input_type=InputType.TEXT,
            timed=True,
            language=self._language.of(text),
        )
        async with aclosing(await self._mouth.speaker.speak(request)) as reply:
            lead = separator(self._before, text)
            unsaid = lead + text
            if self._before:
                await self._tell(Pcm.silence(self._pause_seconds(), RATE_HZ))
            start_ms = self._told_ms
            spans = WordSpans(lead, text, start_ms)
            async for chunk in reply.chunks:
                for piece in _pieces(Pcm.from_bytes(chunk, RATE_HZ)):
                    words = reply.timeline.take() if reply.timeline is not None else []
                    await self._tell(piece, unsaid, spans.take(words))
                    unsaid = ""
            words = reply.timeline.take() if reply.timeline is not None else []
            last = (*spans.take(words), *spans.finish(self._told_ms - start_ms))
            if last or unsaid:
                self._post(AnswerSpeech(self._response_id, _NOTHING, b"", last, unsaid))
        self._before = phrase.rstrip(" \t")

    def finish(self) -> None:
        """The end of what an encoder keeps back."""
        if isinstance(self._encoder, G711Encoder):
            tail = self._encoder.finish()
            if tail:
                self._post(AnswerSpeech(self._response_id, _NOTHING, tail))

    def _pause_seconds(self) -> float:
        if self._before.endswith("\n"):
            seconds = PARAGRAPH_SECONDS
        else:
            seconds = CLAUSE_SECONDS if self._before.endswith(_ENDS_CLAUSE) else SENTENCE_SECONDS
        return seconds / self._voicing.speed

    def _early_seconds(self, began_seconds: float) -> float:
        """How much later the next sound is early enough."""
        heard_seconds = self._mouth.clock.monotonic_seconds() - began_seconds
        return self._told_samples / RATE_HZ - heard_seconds - self._mouth.run_ahead_seconds

    async def _tell(self, pcm: Pcm, transcript: str = "", spans: tuple[Span, ...] = ()) -> None:
        if self._began_seconds is None:
            self._began_seconds = self._mouth.clock.monotonic_seconds()
        while (early_seconds := self._early_seconds(self._began_seconds)) > 0:  # noqa: ASYNC110 - it is time that is waited for
            await asyncio.sleep(early_seconds)
        self._told_samples += len(pcm.samples)
        encoded = self._encoder.push(pcm) if isinstance(self._encoder, G711Encoder) else pcm.to_bytes()
        self._post(AnswerSpeech(self._response_id, pcm, encoded, spans, transcript))


def _encoder(audio_format: AudioFormat) -> G711Encoder | None:
    if audio_format is AudioFormat.PCM:
        return None
    return G711Encoder("mulaw" if audio_format is AudioFormat.MULAW else "alaw")


def _pieces(pcm: Pcm) -> Iterator[Pcm]:
    step = round(PIECE_SECONDS * RATE_HZ)
    for start in range(0, len(pcm.samples), step):
        yield Pcm(pcm.samples[start : start + step], RATE_HZ)
