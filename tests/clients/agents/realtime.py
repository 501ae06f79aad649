"""Converses with a server through OpenAI's agents library for Python, and prints what came as one line of JSON.

Runs in an environment of its own.
"""

import asyncio
import json
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession

RATE_HZ = 24_000
TICK_SECONDS = 0.02
TICK_BYTES = 960
PATIENCE_SECONDS = 30.0
AUDIO = {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}, "turn_detection": {"type": "semantic_vad"}}}


@function_tool
def get_weather(city: str) -> str:
    """How the weather is."""
    return f"sunny in {city}"


class Conversation:
    """A session, a microphone that is never off, and what came."""

    def __init__(self, session: RealtimeSession, said: Path) -> None:
        self._session = session
        self._said = said
        self._waiting = b""
        self.events: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.history: list[Any] = []
        self.sound_bytes = 0
        self._plays_until_seconds = 0.0

    def say(self, name: str) -> None:
        with wave.open(str(self._said / f"{name}.wav")) as file:
            self._waiting += file.readframes(file.getnframes())

    def count(self, kind: str) -> int:
        return sum(event["type"] == kind for event in self.events)

    def texts(self) -> list[list[str]]:
        messages = (item for item in self.history if item.type == "message")
        return [[item.role, "".join(getattr(part, "transcript", None) or "" for part in item.content)] for item in messages]

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            piece, self._waiting = self._waiting[:TICK_BYTES], self._waiting[TICK_BYTES:]
            await self._session.send_audio(piece.ljust(TICK_BYTES, b"\0"))
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def read(self) -> None:
        async for event in self._session:
            if event.type == "raw_model_event" and event.data.type == "raw_server_event":
                self.events.append(event.data.data)
            elif event.type == "history_updated":
                self.history = event.history
            elif event.type == "audio":
                self.sound_bytes += len(event.audio.data)
                seconds = len(event.audio.data) / 2 / RATE_HZ
                self._plays_until_seconds = max(self._plays_until_seconds, asyncio.get_running_loop().time()) + seconds
            elif event.type == "error":
                self.errors.append(repr(event.error))

    async def played(self) -> None:
        """All that came has been heard, as far as the library knows."""
        await self.until(lambda: asyncio.get_running_loop().time() > self._plays_until_seconds, "the end of what is said")

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not condition():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"in vain: {what}; {self.errors}; {[event['type'] for event in self.events]}") from None


async def main(url: str, said: Path) -> dict[str, Any]:
    agent = RealtimeAgent(name="Host", instructions="Be brief.", tools=[get_weather])
    runner = RealtimeRunner(agent, config={"model_settings": {"model_name": "gpt-realtime", "audio": AUDIO}})
    session = await runner.run(model_config={"url": f"{url}?model=gpt-realtime", "api_key": "not-needed"})
    async with session:
        talk = Conversation(session, said)
        working = [asyncio.create_task(talk.read()), asyncio.create_task(talk.listen())]
        talk.say("hello")
        await talk.until(lambda: ["assistant", "Good morning to you."] in talk.texts(), "a greeting")
        await talk.played()
        talk.say("weather")
        await talk.until(lambda: ["assistant", "The weather is sunny in Sofia today."] in talk.texts(), "what the function gave")
        await talk.played()
        before, replies = talk.sound_bytes, talk.count("response.done")
        talk.say("story")
        await talk.until(lambda: talk.sound_bytes - before > 60_000, "a second of the story")
        talk.say("stop")
        await talk.until(lambda: talk.count("response.done") == replies + 2, "a reply to the interruption")
        cut = next(event["response"]["output"][0]["id"] for event in talk.events if _is_cut(event))
        await talk.until(lambda: any(_shows(event, cut) for event in talk.events), "the story, as the server has it")
        await talk.until(lambda: ["assistant", "I have not understood you."] in talk.texts(), "it in the history")
        texts = talk.texts()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    return {"events": talk.events, "errors": talk.errors, "texts": texts, "cut": cut}


def _is_cut(event: dict[str, Any]) -> bool:
    return event["type"] == "response.done" and event["response"]["status"] == "cancelled"


def _shows(event: dict[str, Any], item_id: str) -> bool:
    return event["type"] == "conversation.item.retrieved" and event["item"]["id"] == item_id


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
