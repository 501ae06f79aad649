"""Converses with a server through LiveKit's RealtimeModel, and dictates to it through its STT, and prints what came as one line of JSON.

Runs in an environment of its own.
"""

import asyncio
import json
import sys
import time
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool, io, llm, stt, utils
from livekit.plugins import openai

RATE_HZ = 24_000
TICK_SECONDS = 0.02
TICK_SAMPLES = round(RATE_HZ * TICK_SECONDS)
PATIENCE_SECONDS = 30.0


@function_tool
async def get_weather(city: str) -> str:
    """How the weather is."""
    return f"sunny in {city}"


def samples_of(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


async def until(condition: Callable[[], Any], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"in vain: {what}") from None


class Microphone:
    """What is said, and silence around it, at the pace of speech."""

    def __init__(self, push: Callable[[rtc.AudioFrame], None], said: Path) -> None:
        self._push = push
        self._said = said
        self._waiting = b""
        self._task = asyncio.create_task(self._run())

    def say(self, name: str) -> None:
        self._waiting += samples_of(self._said / f"{name}.wav")

    async def off(self) -> None:
        await utils.aio.cancel_and_wait(self._task)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            piece, self._waiting = self._waiting[: TICK_SAMPLES * 2], self._waiting[TICK_SAMPLES * 2 :]
            self._push(rtc.AudioFrame(piece.ljust(TICK_SAMPLES * 2, b"\0"), RATE_HZ, 1, TICK_SAMPLES))
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))


class Generation:
    """One reply, as it is taken up."""

    def __init__(self, event: llm.GenerationCreatedEvent) -> None:
        self.by_request = event.user_initiated
        self.messages: list[dict[str, Any]] = []
        self.calls: list[llm.FunctionCall] = []
        self.done = asyncio.gather(self._read(event), self._read_calls(event))

    async def _read(self, event: llm.GenerationCreatedEvent) -> None:
        async for message in event.message_stream:
            found: dict[str, Any] = {"id": message.message_id, "text": "", "sound": b"", "modalities": None}
            self.messages.append(found)

            async def read_text(message: llm.MessageGeneration = message, found: dict[str, Any] = found) -> None:
                async for delta in message.text_stream:
                    found["text"] += delta

            async def read_sound(message: llm.MessageGeneration = message, found: dict[str, Any] = found) -> None:
                async for frame in message.audio_stream:
                    found["sound"] += bytes(frame.data)

            await asyncio.gather(read_text(), read_sound())
            found["modalities"] = await message.modalities

    async def _read_calls(self, event: llm.GenerationCreatedEvent) -> None:
        async for call in event.function_stream:
            self.calls.append(call)

    def told(self) -> dict[str, Any]:
        messages = [{**message, "sound": message["sound"].hex()} for message in self.messages]
        calls = [{"name": call.name, "arguments": json.loads(call.arguments)} for call in self.calls]
        return {"messages": messages, "calls": calls, "by_request": self.by_request}


async def converse(base_url: str, said: Path) -> dict[str, Any]:
    model = openai.realtime.RealtimeModel(base_url=base_url, api_key="not-needed")
    session = model.session()
    events: list[dict[str, Any]] = []
    errors: list[str] = []
    heard: list[llm.InputTranscriptionCompleted] = []
    replies: list[Generation] = []
    metrics: list[Any] = []
    started: list[object] = []
    session.on("openai_server_event_received", events.append)
    session.on("error", lambda event: errors.append(repr(event.error)))
    session.on("input_audio_transcription_completed", heard.append)
    session.on("generation_created", lambda event: replies.append(Generation(event)))
    session.on("metrics_collected", metrics.append)
    session.on("input_speech_started", started.append)

    async def reply_to(asked: Callable[[], Awaitable[Any] | None], what: str) -> Generation:
        count = len(replies)
        asked()
        await until(lambda: len(replies) > count, what)
        await replies[count].done
        return replies[count]

    await session.update_instructions("Be brief.")
    await session.update_tools([get_weather])
    microphone = Microphone(session.push_audio, said)

    hello = await reply_to(lambda: microphone.say("hello"), "a reply to hello")
    await until(lambda: any(one.is_final for one in heard), "what was heard")

    # A function, as LiveKit's own agents answer it.
    asked = await reply_to(lambda: microphone.say("weather"), "a call")
    await until(lambda: asked.calls, "the call")
    context = session.chat_ctx
    call = asked.calls[0]
    city = json.loads(call.arguments)["city"]
    context.items.append(
        llm.FunctionCallOutput(call_id=call.call_id, name=call.name, output=await get_weather(city), is_error=False)
    )
    await session.update_chat_ctx(context)
    weather = await reply_to(session.generate_reply, "what the function gave")

    # Interrupted in the middle of a story.
    microphone.say("story")
    count, speeches = len(replies), len(started)
    await until(lambda: len(replies) > count and replies[count].messages, "a story")
    story = replies[count]
    await until(lambda: len(story.messages[0]["sound"]) > RATE_HZ * 2, "a second of the story")
    microphone.say("stop")
    await until(lambda: len(started) > speeches + 1, "that somebody speaks")
    session.interrupt()
    session.truncate(message_id=story.messages[0]["id"], modalities=["audio", "text"], audio_end_ms=900)
    await story.done
    await until(lambda: len(replies) > count + 1, "a reply to the interruption")
    await replies[count + 1].done
    await until(lambda: any(event["type"] == "conversation.item.truncated" for event in events), "the truncation")

    # What an agent remembers is brought over: put in, changed, taken out.
    context = session.chat_ctx
    before = [item.id for item in context.items]
    context.add_message(role="system", content="The customer's name is Ann.", id="name")
    context.add_message(role="user", content="hello", id="asked")
    context.add_message(role="assistant", content="Hello Ann.", id="answered")
    await session.update_chat_ctx(context)
    changed = session.chat_ctx
    changed.items = [item for item in changed.items if item.id != before[0]]
    changed.get_by_id("answered").content = ["Hello, dear Ann."]  # type: ignore[union-attr]
    await session.update_chat_ctx(changed)
    remembered = [(item.id, item.text_content) for item in session.chat_ctx.items if item.type == "message"]
    await microphone.off()
    once_more = await reply_to(lambda: session.generate_reply(instructions="Greet."), "a reply that is asked for")
    await session.aclose()
    await model.aclose()
    return {
        "events": events,
        "errors": errors,
        "heard": [(one.transcript, one.is_final) for one in heard],
        "hello": hello.told(),
        "asked": asked.told(),
        "weather": weather.told(),
        "story": story.told(),
        "once more": once_more.told(),
        "before": before,
        "remembered": remembered,
        "metrics": sorted({type(one).__name__ for one in metrics}),
    }


class Ears(io.AudioInput):
    """A room's microphone, as an agent has it."""

    def __init__(self) -> None:
        super().__init__(label="microphone")
        self.frames = utils.aio.Chan[rtc.AudioFrame]()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self.frames.recv()


class Mouth(io.AudioOutput):
    """A room's loudspeaker, as an agent has it: it plays at the pace of speech, and says how far it came."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=RATE_HZ)
        self._made_seconds = 0.0
        self._began_seconds: float | None = None
        self._ending: asyncio.TimerHandle | None = None

    @property
    def played_seconds(self) -> float:
        """Of what is being played."""
        if self._began_seconds is None:
            return 0.0
        return min(asyncio.get_running_loop().time() - self._began_seconds, self._made_seconds)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self._began_seconds is None:
            self._began_seconds = asyncio.get_running_loop().time()
            self.on_playback_started(created_at=time.time())
        self._made_seconds += frame.duration

    def flush(self) -> None:
        super().flush()
        if self._began_seconds is not None:
            self._ending = asyncio.get_running_loop().call_later(self._made_seconds - self.played_seconds, self._end)

    def clear_buffer(self) -> None:
        if self._began_seconds is not None:
            self._end(interrupted=True)

    def _end(self, interrupted: bool = False) -> None:
        if self._ending is not None:
            self._ending.cancel()
        position, self._began_seconds, self._made_seconds, self._ending = self.played_seconds, None, 0.0, None
        self.on_playback_finished(playback_position=position, interrupted=interrupted)


async def act(base_url: str, said: Path) -> dict[str, Any]:
    """A whole agent: it hears and speaks, calls its function, and is interrupted."""
    events: list[dict[str, Any]] = []
    errors: list[str] = []
    ears, mouth = Ears(), Mouth()
    agent = Agent(instructions="Be brief.", tools=[get_weather])
    session = AgentSession(llm=openai.realtime.RealtimeModel(base_url=base_url, api_key="not-needed"))
    session.input.audio, session.output.audio = ears, mouth
    session.on("error", lambda event: errors.append(repr(event.error)))
    await session.start(agent, record=False)
    agent.realtime_llm_session.on("openai_server_event_received", events.append)
    microphone = Microphone(ears.frames.send_nowait, said)

    def texts() -> list[tuple[str, str | None]]:
        return [(item.role, item.text_content) for item in session.history.items if item.type == "message"]

    microphone.say("hello")
    await until(lambda: ("assistant", "Good morning to you.") in texts(), "a greeting")
    microphone.say("weather")
    await until(
        lambda: any("sunny in Sofia" in str(text) for role, text in texts() if role == "assistant"), "what the function gave"
    )
    count = len(texts())
    microphone.say("story")
    await until(lambda: session.agent_state == "speaking" and mouth.played_seconds > 1.0, "a second of the story")
    microphone.say("stop")
    await until(lambda: len(texts()) >= count + 4, "a reply to the interruption")
    await until(lambda: session.agent_state == "listening", "quiet")
    cut = next(event for event in events if event["type"] == "conversation.item.truncated")
    agent.realtime_llm_session.send_event({"type": "conversation.item.retrieve", "item_id": cut["item_id"]})
    await until(lambda: events[-1]["type"] == "conversation.item.retrieved", "the story, as the server has it")
    await microphone.off()
    await session.aclose()
    return {"events": events, "errors": errors, "texts": texts()}


async def dictate(base_url: str, said: Path, **options: Any) -> dict[str, Any]:
    """Two sentences, one after the other."""
    ears = openai.STT(base_url=base_url, api_key="not-needed", use_realtime=True, **options)
    stream = ears.stream()
    found: list[stt.SpeechEvent] = []

    async def read() -> None:
        async for event in stream:
            found.append(event)

    def finals() -> list[stt.SpeechEvent]:
        return [event for event in found if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT]

    reading = asyncio.create_task(read())
    microphone = Microphone(stream.push_frame, said)
    for number, name in enumerate(("hello", "story")):
        microphone.say(name)
        await until(lambda number=number: len(finals()) > number, f"what was said: {name}")
    await microphone.off()
    stream.end_input()
    await stream.aclose()
    await utils.aio.cancel_and_wait(reading)
    await ears.aclose()
    return {
        "kinds": [event.type.value for event in found],
        "finals": [(event.alternatives[0].text, str(event.alternatives[0].language)) for event in finals()],
        "seconds": [event.recognition_usage.audio_duration for event in found if event.recognition_usage],
    }


async def main(base_url: str, said: Path) -> dict[str, Any]:
    async with utils.http_context.open():
        came = await asyncio.gather(
            act(base_url, said),
            converse(base_url, said),
            dictate(base_url, said),
            dictate(base_url, said, model="whisper-1", language="en"),
        )
        return dict(zip(("agent", "conversation", "dictation", "dictation by whisper"), came, strict=True))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
