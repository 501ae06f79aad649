import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest

from voxhelm.assistant.answer import AnswerUsage, CallDelta, CallStarted, TextDelta
from voxhelm.assistant.question import Question
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.word import Word
from voxhelm.realtime.effects import StartAnswer, Voicing
from voxhelm.realtime.happenings import AnswerCall, AnswerEnded, AnswerFailed, AnswerSpeech, AnswerText
from voxhelm.realtime.saying import PIECE_SECONDS, Mouth, Saying
from voxhelm.realtime.session_config import AudioFormat
from voxhelm.serving.progress import Progress
from voxhelm.serving.speak import Reply
from voxhelm.serving.timeline import Timeline
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.clock import ManualClock

LETTER_SECONDS = 0.05
VOICING = Voicing("ann", 1.0, AudioFormat.PCM)


class Writer:
    """An assistant that gives what it is told to, and waits or fails where it is told to."""

    def __init__(self, *parts):
        self.parts = parts
        self.closed = False

    async def answer(self, _question):
        try:
            for part in self.parts:
                if isinstance(part, asyncio.Event):
                    await part.wait()
                elif isinstance(part, Exception):
                    raise part
                else:
                    yield part
        finally:
            self.closed = True


class Speaker:
    """Says a letter in 50 ms, in one chunk for each half second; `!` fails behind it. timed: whether it tells words."""

    def __init__(self, *, timed=True):
        self.timed = timed
        self.requests = []
        self.open = 0

    async def speak(self, request):
        self.requests.append(request)
        self.open += 1
        resources = AsyncExitStack()
        resources.callback(self._close)
        timeline = Timeline()
        return Reply(
            None, request.format, request.text, Progress(), self._chunks(request.text, timeline), resources, timeline=timeline
        )

    def _close(self):
        self.open -= 1

    async def _chunks(self, text, timeline):
        timeline.begin(0, text, 0.0)
        samples = round(len(text) * LETTER_SECONDS * 24_000)
        sound = Pcm(np.arange(samples, dtype=np.int64).astype(np.int16), 24_000)
        offset = 0
        for token in text.split() if self.timed else ():
            offset = text.index(token, offset)
            timeline.add(Word(token, offset * LETTER_SECONDS, (offset + len(token)) * LETTER_SECONDS, None, offset), 0.0)
            offset += len(token)
        for at in range(0, samples, 12_000):
            yield Pcm(sound.samples[at : at + 12_000], 24_000).to_bytes()
            if "!" in text:
                raise EngineFailed("It broke.")


class Scene:
    def __init__(self, *parts, voicing=VOICING, speaker=None, run_ahead_seconds=1_000.0):
        self.clock = ManualClock()
        self.writer = Writer(*parts)
        self.speaker = speaker or Speaker()
        self.told = []
        self.first_texts = 0
        mouth = Mouth(self.writer, self.speaker, run_ahead_seconds, self.clock, silent_log())
        wanted = StartAnswer("resp_1", Question(()), voicing)
        self.saying = Saying(mouth, wanted, Caller("ann", patience_seconds=1.0), self.told.append, self._first_text)

    def _first_text(self):
        self.first_texts += 1

    async def run(self):
        await self.saying.run()
        return self

    @property
    def speech(self):
        return [one for one in self.told if isinstance(one, AnswerSpeech)]

    @property
    def transcript(self):
        return "".join(one.transcript for one in self.speech)

    @property
    def spans(self):
        return [span for one in self.speech for span in one.spans]

    @property
    def seconds(self):
        return sum(len(one.pcm.samples) for one in self.speech) / 24_000


@pytest.mark.parametrize("timed", [True, False])
async def test_the_spans_make_the_transcript_and_stand_in_the_sound(timed):
    parts = [TextDelta(one) for one in ("One t", "wo, three. Four ", "five.", "\n\nAnd six: **seven** eight.")]
    scene = await Scene(*parts, AnswerUsage(output_tokens=8), speaker=Speaker(timed=timed)).run()
    assert scene.transcript == "One two, three. Four five. And six: seven eight."
    assert "".join(span.text for span in scene.spans) == scene.transcript
    starts = [span.start_ms for span in scene.spans]
    assert starts == sorted(starts)
    assert all(one.end_ms <= following.start_ms + 0.1 for one, following in zip(scene.spans, scene.spans[1:], strict=False))
    assert scene.spans[-1].end_ms <= scene.seconds * 1000 + 0.1
    assert all(span.estimated is not timed for span in scene.spans)
    assert scene.told[-1] == AnswerEnded("resp_1", AnswerUsage(output_tokens=8))
    assert scene.first_texts == 1


async def test_a_sentence_is_said_while_the_next_one_is_written():
    more = asyncio.Event()
    scene = Scene(TextDelta("First sentence. Sec"), more, TextDelta("ond one."), AnswerUsage())
    running = asyncio.create_task(scene.run())
    while not scene.speech:
        await asyncio.sleep(0)
    assert scene.transcript == "First sentence."
    more.set()
    await running
    assert scene.transcript == "First sentence. Second one."


async def test_between_two_sentences_is_silence():
    scene = await Scene(TextDelta("One. Two.")).run()
    assert scene.seconds == pytest.approx(8 * LETTER_SECONDS + 0.22, abs=0.001)
    silence = next(one for one in scene.speech if len(one.pcm.samples) and not one.pcm.samples.any())
    assert silence.transcript == ""


async def test_what_is_not_to_be_read_aloud_is_not():
    scene = await Scene(TextDelta("<think>Hm.</think>Yes.\n```\nx = 1\n```\n---\n\N{GRINNING FACE}\nDone."), AnswerUsage()).run()
    assert scene.transcript == "Yes. Done."
    assert [request.text for request in scene.speaker.requests] == ["Yes.", "Done."]


async def test_a_request_is_the_callers_and_urgent_and_nothing_of_it_is_kept():
    scene = await Scene(TextDelta("Yes."), voicing=Voicing("ann", 1.25, AudioFormat.PCM, "tts-1")).run()
    (request,) = scene.speaker.requests
    assert request.caller == Caller("ann", Priority.REALTIME)
    assert (request.voice, request.model, request.speed, request.cached, request.timed) == ("ann", "tts-1", 1.25, False, True)


async def test_an_answer_in_text_keeps_its_signs():
    scene = await Scene(TextDelta("<think>x</think>**Yes**"), TextDelta(", `x`."), AnswerUsage(), voicing=None).run()
    assert "".join(one.delta for one in scene.told if isinstance(one, AnswerText)) == "**Yes**, `x`."
    assert scene.speaker.requests == []


async def test_calls_come_behind_what_was_said_before_them():
    parts = (
        TextDelta("Let me look"),
        CallStarted("c1", "look"),
        CallDelta("{"),
        CallDelta("}"),
        CallStarted("c2", "more"),
        AnswerUsage(),
    )
    scene = await Scene(*parts).run()
    calls = [one for one in scene.told if isinstance(one, AnswerCall)]
    assert calls == [
        AnswerCall("resp_1", "c1", "", "look"),
        AnswerCall("resp_1", "c1", "{"),
        AnswerCall("resp_1", "c1", "}"),
        AnswerCall("resp_1", "c1", "", ended=True),
        AnswerCall("resp_1", "c2", "", "more"),
        AnswerCall("resp_1", "c2", "", ended=True),
    ]
    assert scene.told.index(calls[0]) > scene.told.index(scene.speech[-1])


async def test_a_voice_that_dies_in_the_middle_leaves_what_was_told():
    scene = await Scene(TextDelta("One. Two broke off here, poor thing! Three.")).run()
    assert scene.told[-1] == AnswerFailed("resp_1", "engine_failed", "It broke.")
    assert scene.transcript == "One. Two broke off here, poor thing!"
    assert scene.speaker.open == 0
    assert scene.writer.closed


async def test_an_assistant_that_fails_is_told():
    scene = await Scene(TextDelta("One. "), EngineFailed("No more.")).run()
    assert scene.told[-1] == AnswerFailed("resp_1", "engine_failed", "No more.")
    assert scene.writer.closed


async def test_a_bug_is_told_without_its_words():
    scene = await Scene(KeyError("secret")).run()
    failed = scene.told[-1]
    assert failed.code == "internal_error"
    assert "secret" not in failed.message


async def test_stopping_stops_the_assistant_and_the_voice():
    scene = Scene(TextDelta("One. Two."), asyncio.Event())
    running = asyncio.create_task(scene.run())
    while not scene.speech:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert scene.writer.closed
    assert scene.speaker.open == 0
    assert not any(isinstance(one, AnswerEnded | AnswerFailed) for one in scene.told)


async def test_no_more_is_made_than_is_heard_soon():
    text = "Some sixty letters to the end of the line are three seconds."
    scene = Scene(TextDelta(text), AnswerUsage(), run_ahead_seconds=1.0)
    running = asyncio.create_task(scene.run())
    while scene.seconds <= 1.0:
        await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    assert scene.seconds <= 1.0 + 2 * PIECE_SECONDS
    while not running.done():
        scene.clock.advance(0.1)
        assert scene.seconds <= scene.clock.monotonic_seconds() - 1_000.0 + 1.0 + 2 * PIECE_SECONDS
        await asyncio.sleep(0)
    assert scene.seconds == pytest.approx(len(text) * LETTER_SECONDS, abs=0.001)


@pytest.mark.parametrize("audio_format", [AudioFormat.MULAW, AudioFormat.ALAW])
async def test_a_telephone_gets_all_of_it(audio_format):
    scene = await Scene(TextDelta("Twenty letters of it."), voicing=Voicing("ann", 1.0, audio_format)).run()
    assert sum(len(one.encoded) for one in scene.speech) == pytest.approx(scene.seconds * 8_000, abs=1)


async def test_an_answer_without_a_word_ends():
    scene = await Scene(AnswerUsage()).run()
    assert scene.told == [AnswerEnded("resp_1", AnswerUsage())]
    scene = await Scene(TextDelta("...")).run()
    assert scene.told == [AnswerEnded("resp_1", AnswerUsage())]
