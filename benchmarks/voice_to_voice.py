"""`voice-to-voice`: from the end of somebody's words to the first sound of the reply, and to silence when they interrupt, in a browser."""

import base64
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import bars
from benchmarks.plan import NotMeasurable, Plan
from benchmarks.report import Section, Table
from benchmarks.server import started
from benchmarks.spread import milliseconds
from benchmarks.talking import RATE_HZ, metrics_of, quantile, said, session_update, settings_of, stage_means_ms

COLUMNS: Final = ("what, in ms", "WebSocket p50", "p95", "WebRTC p50", "p95")
WAYS: Final = ("websocket", "webrtc")
PAGE: Final = Path(__file__).with_name("voice_page")
TURNS: Final = 31
WARMING: Final = 3
# Six windows of the detector: the least after which anybody would call a speaker done.
SILENCE_MS: Final = 192
# The detector's own: a voice shorter than this is a click.
VOICE_MS: Final = 50
HEARD_MS: Final = 700
# More than a second each, so that the recogniser hears something in it.
SAID: Final = (
    "I would like to know when the next ferry leaves for the island today.",
    "And is there still room for a car on that one, or only for bicycles?",
    "No, wait, please make that two cars and a trailer for a rowing boat.",
    "What would that cost the four of us if we came back on Sunday night?",
)
# Without a pause in it, so that silence means that it was stopped.
REPLY: Final = " ".join(
    [
        "The ferry goes round the island and back to the old harbour where it takes on the mail and then goes round the island again and"
    ]
    * 4
)
LAUNCH: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one way came to. turns: moments in seconds, by their names in the page. stages: what the server says of them, means in ms."""

    turns: tuple[Mapping[str, float], ...]
    stats: Mapping[str, float]
    stages: Mapping[str, float]

    def all_ms(self, name: str, less_ms: float = 0.0) -> list[float]:
        """One moment of every turn that has it."""
        return [1000 * turn[name] - less_ms for turn in self.turns if name in turn]

    @property
    def answered_ms(self) -> list[float]:
        """From the end of the words to the first sound of the reply, the silence left out: when it comes, or, in a call, is heard."""
        return self.all_ms("arrivedSeconds", SILENCE_MS) or self.all_ms("heardSeconds", SILENCE_MS)


async def run(plan: Plan) -> Section:
    """Talk by WebSocket and by WebRTC, `--count` turns each."""
    turns = plan.count or TURNS
    found: dict[str, Conversation] = {}
    with tempfile.TemporaryDirectory(prefix="voxhelm-benchmark-") as directory:
        settings = settings_of(Path(directory), REPLY)
        # A page is on this machine and yet not at its loopback address.
        del settings["realtime.listen_on"]
        async with started(plan.server_arguments, {**plan.settings, **settings}) as server:
            url = f"http://{server.endpoint.host}:{server.endpoint.port}"
            async with _browser() as browser:
                for way in WAYS:
                    await _converse(browser, url, way, WARMING)
                    before = await metrics_of(url)
                    told = await _converse(browser, url, way, turns)
                    stages = stage_means_ms(before, await metrics_of(url))
                    found[way] = Conversation(tuple(told["turns"]), told["stats"], stages)
    return _section(found, turns)


@asynccontextmanager
async def _browser() -> AsyncIterator[Any]:
    """Raises NotMeasurable."""
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise NotMeasurable("playwright is not installed: `make test` installs it") from error
    program = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if program is None:
        raise NotMeasurable("Chromium is not on the PATH (Debian: apt install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=LAUNCH)
        try:
            yield browser
        finally:
            await browser.close()


async def _converse(browser: Any, url: str, way: str, turns: int) -> Any:
    """What the page found out."""
    context = await browser.new_context(permissions=["microphone"])
    try:
        page = await context.new_page()
        # Any page of the server's own will do.
        await page.add_init_script(path=PAGE / "page.js")
        await page.goto(f"{url}/health")
        sounds = [base64.b64encode(said(text).astype("<i2").tobytes()).decode() for text in SAID]
        options = {
            "worklets": (PAGE / "worklets.js").read_text(encoding="utf-8"),
            "update": session_update(SILENCE_MS),
            "sounds": sounds,
            "rateHz": RATE_HZ,
            "turns": turns,
            "heardMs": HEARD_MS,
        }
        return await page.evaluate("([way, options]) => converse(way, options)", [way, options])
    finally:
        await context.close()


def _section(found: Mapping[str, Conversation], turns: int) -> Section:
    socket, call = found["websocket"], found["webrtc"]
    rows = [
        _row("end of words to the first sound, silence excluded", [one.answered_ms for one in (socket, call)]),
        _row("the same, to the first sample that is audible", [one.all_ms("heardSeconds", SILENCE_MS) for one in (socket, call)]),
        _row(
            "end of words to speech_stopped, silence excluded", [one.all_ms("stoppedSeconds", SILENCE_MS) for one in (socket, call)]
        ),
        _row("first word of an interruption to speech_started", [one.all_ms("startedSeconds") for one in (socket, call)]),
        _row("first word of an interruption to silence", [one.all_ms("quietSeconds") for one in (socket, call)]),
    ]
    how = (
        f"{turns} turns each, all but the first into the reply to the one before. The models cost nothing. A speaker is done after"
        f" {SILENCE_MS} ms of silence, which are left out. By WebSocket the first sound is the arrival of the first delta, by WebRTC its"
        " first sample above the threshold. Every moment is one of the page's AudioContext."
    )
    notes = (how, "", _where(found).markdown())
    silences = [one.all_ms("quietSeconds", VOICE_MS) for one in (socket, call)]
    verdicts = (
        bars.VOICE_SOCKET.measured(quantile(socket.answered_ms, 0.95)),
        bars.VOICE_CALL.measured(quantile(call.answered_ms, 0.95)),
        bars.HUSH_SOCKET.measured(quantile(silences[0], 0.95)),
        bars.HUSH_CALL.measured(quantile(silences[1], 0.95)),
    )
    return Section("voice-to-voice", Table(COLUMNS, tuple(rows)), notes, verdicts)


def _row(name: str, ways: Sequence[Sequence[float]]) -> tuple[str, ...]:
    cells = [milliseconds(quantile(values, share) / 1000) for values in ways for share in (0.5, 0.95)]
    return (name, *cells)


def _where(found: Mapping[str, Conversation]) -> Table:
    """Where the time goes: means, which can be added up."""
    columns = []
    for way in WAYS:
        one = found[way]
        turn, transcript, text, sound = (
            one.stages.get(name, float("nan")) for name in ("turn", "transcript", "first_text", "first_sound")
        )
        whole = one.all_ms("arrivedSeconds") or one.all_ms("heardSeconds")
        mean = sum(whole) / len(whole) if whole else float("nan")
        buffer_ms = 1000 * one.stats.get("bufferSeconds", 0.0)
        parts = (
            turn - SILENCE_MS,
            transcript - turn,
            text - transcript,
            sound - text,
            mean - sound - buffer_ms,
            buffer_ms,
            mean - SILENCE_MS,
        )
        columns.append([f"{part:.1f}" for part in parts])
    names = (
        "server: the detector's windows and their way, beyond the silence",
        "server: the transcript, which is begun on speculation",
        "server: the assistant's first words",
        "server: the voice's first sound",
        "frames of 20 ms, encoding, the way there and back, the server's buffer in a call",
        "the browser's own buffer of what comes",
        "all, mean",
    )
    return Table(("where the time goes, ms", "WebSocket", "WebRTC"), tuple(zip(names, *columns, strict=True)))
