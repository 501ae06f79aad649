"""What measurements of conversations share: a server whose models cost nothing, what is said to it, and how its turns are told."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import httpx
import numpy as np
from numpy.typing import NDArray

from benchmarks.wire import ReplyBroken
from voxhelm.audio.resample import resampled
from voxhelm.domain.pcm import Pcm
from voxhelm.testing.engine import FAKE_ENGINE
from voxhelm.testing.parrot_engine import PARROT_ENGINE, spoken
from voxhelm.testing.parrot_engine import RATE_HZ as PARROT_RATE_HZ

RATE_HZ: Final = 24_000
MOST_SESSIONS: Final = 200
SESSIONS: Final = "voxhelm_realtime_sessions"
END_LIMIT_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.25
# What a session waits for by itself, as OpenAI's do.
SILENCE_MS: Final = 500
SAID: Final = "I would like to know when the next ferry leaves for the island and whether there is still a place for my old car."
REPLY: Final = (
    "The next ferry leaves at a quarter past nine from the second pier, and there are still four places for cars on it. "
    "Please be there half an hour before that, since the gate closes early."
)

Samples = NDArray[np.int16]


def settings_of(directory: Path, reply: str) -> dict[str, str]:
    """For a server that speaks as a parrot does, hears a word in every second of sound, and answers everything with the same words.

    directory: where its script is, and where it leaves what it leaves.
    """
    script = directory / "script.json"
    script.write_text(json.dumps({"otherwise": reply}), encoding="utf-8")
    return {
        "models.extra_engines": json.dumps([PARROT_ENGINE, FAKE_ENGINE]),
        # A parrot's ear needs every bit, and calls do not carry every bit.
        "routes.transcription": json.dumps({"*": ["fake-transcription"]}),
        "models.offline": "true",
        "models.time_to_live_seconds": "600",
        "realtime.assistant": "scripted",
        "realtime.script_file": str(script),
        "realtime.hand_over_directory": str(directory / "sessions"),
        "realtime.max_sessions": str(MOST_SESSIONS),
        "realtime.listen_on": json.dumps(["127.0.0.1"]),
        "log.level": "error",
    }


def said(text: str) -> Samples:
    """A text as a parrot says it, at 24 kHz."""
    return np.concatenate([piece.samples for piece in resampled(Pcm(spoken(text), PARROT_RATE_HZ), RATE_HZ)])


def session_update(silence_ms: int) -> dict[str, object]:
    """How a session listens: for silence of a length, with the words of what was said, as most clients ask for them."""
    detection = {"type": "server_vad", "silence_duration_ms": silence_ms}
    sound = {"input": {"turn_detection": detection, "transcription": {"model": "whisper-1"}}}
    return {"type": "session.update", "session": {"type": "realtime", "audio": sound}}


async def metrics_of(url: str) -> dict[str, float]:
    """The server's metrics by name, with their labels."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        lines = (await http.get("/metrics")).raise_for_status().text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


async def all_ended(url: str) -> None:
    """Until no session is open any more. Raises ReplyBroken when that takes too long."""
    try:
        async with asyncio.timeout(END_LIMIT_SECONDS):
            while (await metrics_of(url)).get(SESSIONS, 0.0) > 0:  # noqa: ASYNC110 - another process has to be asked again
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise ReplyBroken(f"sessions are still open {END_LIMIT_SECONDS:.0f} s after their clients have ended them") from error


def quantile(values: Iterable[float], share: float) -> float:
    """The value that `share` of `values` do not exceed; the largest for small numbers. NaN of nothing."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(np.ceil(share * len(ordered))) - 1)]


def stage_means_ms(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What the server says of its turns between two looks at its metrics: the mean of each stage, from the end of the voice on."""
    name = "voxhelm_realtime_stage_seconds"
    means = {}
    for stage in ("turn", "transcript", "first_text", "first_sound"):
        label = f'{{stage="{stage}"}}'
        more = [after.get(f"{name}_{kind}{label}", 0.0) - before.get(f"{name}_{kind}{label}", 0.0) for kind in ("sum", "count")]
        if more[1]:
            means[stage] = 1000 * more[0] / more[1]
    return means
