"""The bars of the design, and whether a measurement clears one."""

from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """Which side of the limit is good."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Bar:
    """What must be reached: a limit with its unit (`x`, ` ms`, ` MB` ...)."""

    name: str
    side: Side
    limit: float
    unit: str

    def measured(self, value: float) -> "Verdict":
        """Judge a measurement, given in the bar's unit, by the three figures that are shown."""
        value = float(f"{value:.3g}")
        met = value <= self.limit if self.side is Side.AT_MOST else value >= self.limit
        return Verdict(self, value, met)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A measured value against its bar."""

    bar: Bar
    value: float
    met: bool

    def cells(self) -> tuple[str, str, str, str]:
        """Its row: name, bar, measured, verdict."""
        bar = self.bar
        limit = f"{bar.side.value} {bar.limit:g}{bar.unit}"
        return bar.name, limit, f"{self.value:.3g}{bar.unit}", "met" if self.met else "**missed**"


ENCODER_ONE = Bar("speech over the encoder's own cost, 1 client", Side.AT_MOST, 1.25, "x")
ENCODER_MANY = Bar("throughput of speech against the encoder's own, 32 clients", Side.AT_LEAST, 80, " %")
PIPER_RATE = Bar("requests per second against piper's HTTP server, wav, worst of 1, 8, 32 clients", Side.AT_LEAST, 1.0, "x")
PIPER_FIRST_BYTE = Bar("first byte against piper's HTTP server, wav, worst of 1, 8, 32 clients", Side.AT_MOST, 1.0, "x")
ISOLATION = Bar("host isolation, median per request over the same engine in line", Side.AT_MOST, 2, " ms")
TRANSCRIPTION = Bar("transcription over calling the engine's library, one minute of audio", Side.AT_MOST, 1.05, "x")
WHISPER = Bar("transcription over calling faster-whisper, one minute of audio", Side.AT_MOST, 1.05, "x")
DISCONNECTS = Bar("processes and threads left after 100 disconnects", Side.AT_MOST, 0, "")
IDLE_MEMORY = Bar("idle server, built-in engines unloaded, resident", Side.AT_MOST, 150, " MB")
READY = Bar("time to ready", Side.AT_MOST, 2, " s")
LONG_AUDIO = Bar("growth of resident memory over three hours of audio", Side.AT_MOST, 50, " MB")
SOAK_UNANSWERED = Bar("requests without an answer in the soak", Side.AT_MOST, 0, "")
SOAK_LEFT = Bar("leases, processes and connections left by the soak", Side.AT_MOST, 0, "")
SOAK_HEALTH = Bar("99th percentile of /health in the soak", Side.AT_MOST, 50, " ms")
SESSIONS_LAG = Bar("50 conversations by WebSocket on one core, lag at p95 beyond that of one", Side.AT_MOST, 200, " ms")
SESSIONS_BEHIND = Bar("50 conversations by WebSocket on one core, those that fall behind", Side.AT_MOST, 0, "")
CALLS_LAG = Bar("10 calls by WebRTC on one core, lag at p95 beyond that of one", Side.AT_MOST, 200, " ms")
CALLS_BEHIND = Bar("10 calls by WebRTC on one core, those that fall behind", Side.AT_MOST, 0, "")
CALLS_FRAMES = Bar("10 calls by WebRTC on one core, fewest packets per second that one of them is sent", Side.AT_LEAST, 49.5, "/s")
VOICE_SOCKET = Bar("voice to voice by WebSocket, silence excluded, p95", Side.AT_MOST, 60, " ms")
VOICE_CALL = Bar("voice to voice by WebRTC, silence excluded, p95", Side.AT_MOST, 150, " ms")
HUSH_SOCKET = Bar("silence after an interruption by WebSocket, the voice it takes excluded, p95", Side.AT_MOST, 60, " ms")
HUSH_CALL = Bar("silence after an interruption by WebRTC, the voice it takes excluded, p95", Side.AT_MOST, 150, " ms")
LOSS_THROWN_AWAY = Bar("packets that arrive and are thrown away when 5 % are lost", Side.AT_MOST, 0.1, " %")
LOSS_DELAY = Bar("delay of a call's sound after a minute in which 5 % were lost", Side.AT_MOST, 20, " ms")

ALL = (
    VOICE_SOCKET,
    VOICE_CALL,
    HUSH_SOCKET,
    HUSH_CALL,
    SESSIONS_LAG,
    SESSIONS_BEHIND,
    CALLS_LAG,
    CALLS_BEHIND,
    CALLS_FRAMES,
    LOSS_THROWN_AWAY,
    LOSS_DELAY,
    SOAK_UNANSWERED,
    SOAK_LEFT,
    SOAK_HEALTH,
    ENCODER_ONE,
    ENCODER_MANY,
    PIPER_RATE,
    PIPER_FIRST_BYTE,
    ISOLATION,
    TRANSCRIPTION,
    WHISPER,
    DISCONNECTS,
    IDLE_MEMORY,
    READY,
    LONG_AUDIO,
)
