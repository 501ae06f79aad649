"""Packets as the network brings them, into sound without holes."""

from dataclasses import dataclass
from typing import Final

from voxhelm.webrtc import opus_packet
from voxhelm.webrtc.arrival_delays import ArrivalDelays
from voxhelm.webrtc.flood_gate import FloodGate
from voxhelm.webrtc.opus_packet import CLOCK_HZ


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """What of an RTP packet matters here. sequence: 16 bits. timestamp: 32 bits. source: whoever counts them (SSRC)."""

    source: int
    sequence: int
    timestamp: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Play:
    """Decode it."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Recover:
    """A packet is lost: decode the copy of its sound that the one after it may hold. `Play` of that one follows."""

    next_payload: bytes
    samples: int


@dataclass(frozen=True, slots=True)
class Conceal:
    """Sound is lost: make some up that fits what came before."""

    samples: int


@dataclass(frozen=True, slots=True)
class Silence:
    """The sender has nothing to say, or it is not known what."""

    samples: int


Piece = Play | Recover | Conceal | Silence


@dataclass(slots=True)
class JitterCounts:
    """What has become of packets and of time. Samples are of `CLOCK_HZ`."""

    played: int = 0
    recovered: int = 0
    concealed_samples: int = 0
    silent_samples: int = 0
    late: int = 0
    repeated: int = 0
    damaged: int = 0
    refused: int = 0
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    timestamp: int
    arrived_seconds: float
    samples: int
    payload: bytes


# A listener that is a machine need not hear at an even pace. So nothing is held back for evenness, as it would be for an ear: what comes in
# order goes on at once, and only where a packet is missing does its successor wait for it, for as long as packets lately were late.
_LEAST_PATIENCE_SECONDS: Final = 0.02
_MOST_PATIENCE_SECONDS: Final = 0.2
_PATIENCE_AFTER_SUCCESSOR_SECONDS: Final = 0.01  # within a burst everything is overdue, and may still be out of order
_STALL_SECONDS: Final = 0.3  # nothing comes at all: most such pauses are shorter, and then all of the sound comes after it
_FILL_STEP_SAMPLES: Final = 960
_LONGEST_FILL_SAMPLES: Final = 30 * CLOCK_HZ
_LONGEST_MADE_UP_SAMPLES: Final = 5_760  # 120 ms; whatever a decoder makes up after that is noise
_LONGEST_GAP_SAMPLES: Final = 2 * CLOCK_HZ
_OLDEST_SAMPLES: Final = 3 * CLOCK_HZ  # sound that comes later than this, the conversation has gone on without
_MOST_WAITING: Final = 100
_PLAYED_KEPT: Final = 500
_FARTHEST_SEQUENCE: Final = 1_000
_FARTHEST_SAMPLES: Final = 60 * CLOCK_HZ
_BURST_SAMPLES: Final = 10 * CLOCK_HZ
_STRAGGLERS_SECONDS: Final = 2.0


class JitterBuffer:
    """Puts packets in order, knows which are missing, and says what is to be heard, when.

    Give it packets, and `take` after each and whenever `wake_at_seconds` has come. What it says to be heard, put together, has the
    sender's timing. It never holds more than a hundred packets, and never gives more sound than time has passed, but for ten seconds.
    """

    def __init__(self, now_seconds: float) -> None:
        self.counts = JitterCounts()
        self._delays = ArrivalDelays(least_seconds=_LEAST_PATIENCE_SECONDS, most_seconds=_MOST_PATIENCE_SECONDS)
        self._gate = FloodGate(burst=_BURST_SAMPLES, per_second=1.05 * CLOCK_HZ, now_seconds=now_seconds)
        self._waiting: dict[int, _Waiting] = {}
        self._played: dict[int, None] = {}
        self._source: int | None = None
        self._source_before: int | None = None
        self._source_since_seconds = now_seconds
        self._arrived_seconds = now_seconds
        self._next_sequence = 0
        self._position = 0
        self._last_samples = _FILL_STEP_SAMPLES
        self._filled_samples = 0
        self._paused = False
        self._strange_sequence: int | None = None

    @property
    def waiting_packets(self) -> int:
        """How many packets wait for one that is missing."""
        return len(self._waiting)

    @property
    def wake_at_seconds(self) -> float | None:
        """When `take` has something to give although no packet came; None if never."""
        if self._source is None:
            return None
        if self._waiting:
            return self._give_up_at(min(self._waiting))
        if self._filled_samples >= _LONGEST_FILL_SAMPLES:
            return None
        return self._fill_at()

    def put(self, packet: SoundPacket, now_seconds: float) -> None:
        """A packet has arrived."""
        try:
            samples = opus_packet.duration_samples(packet.payload)
        except ValueError:
            self.counts.damaged += 1
            return
        if packet.source != self._source and not self._follow(packet, now_seconds):
            self.counts.late += 1
            return
        sequence = self._next_sequence + _signed(packet.sequence - self._next_sequence, 16)
        timestamp = self._position + _signed(packet.timestamp - self._position, 32)
        if self._is_strange(sequence, timestamp):
            if not self._is_believed(packet, sequence):
                return
            self._restart(packet)
            sequence, timestamp = self._next_sequence, self._position
        self._strange_sequence = None
        if sequence in self._waiting or sequence in self._played:
            self.counts.repeated += 1
            return
        self._delays.note(timestamp, now_seconds)
        self._arrived_seconds = now_seconds
        if sequence < self._next_sequence or timestamp < self._position - _OLDEST_SAMPLES:
            self.counts.late += 1
        else:
            self._waiting[sequence] = _Waiting(timestamp, now_seconds, samples, packet.payload)

    def take(self, now_seconds: float) -> list[Piece]:
        """What is to be heard by now and was not taken before."""
        pieces: list[Piece] = []
        while self._waiting:
            packet = self._waiting.pop(self._next_sequence, None)
            if packet is not None:
                self._deliver(packet, pieces)
                continue
            first = min(self._waiting)
            if now_seconds < self._give_up_at(first) and len(self._waiting) <= _MOST_WAITING:
                break
            self._bridge(first, pieces)
        if self._source is not None and not self._waiting:
            self._fill(now_seconds, pieces)
        return [piece for piece in pieces if self._is_admitted(piece, now_seconds)]

    def _follow(self, packet: SoundPacket, now_seconds: float) -> bool:
        """Whether another source is listened to from now on. The one before may still have packets on their way."""
        if packet.source == self._source_before and now_seconds - self._source_since_seconds < _STRAGGLERS_SECONDS:
            return False
        if self._source is not None:
            self.counts.restarts += 1
        self._source_before, self._source, self._source_since_seconds = self._source, packet.source, now_seconds
        self._restart(packet)
        return True

    def _restart(self, packet: SoundPacket) -> None:
        self._waiting.clear()
        self._played.clear()
        self._delays.forget()
        self._next_sequence = packet.sequence
        self._position = packet.timestamp
        self._filled_samples = 0
        self._paused = False

    def _is_strange(self, sequence: int, timestamp: int) -> bool:
        return abs(sequence - self._next_sequence) > _FARTHEST_SEQUENCE or abs(timestamp - self._position) > _FARTHEST_SAMPLES

    def _is_believed(self, packet: SoundPacket, sequence: int) -> bool:
        """Whether a packet that fits nothing begins a new count: when its successor fits it, or when its own time alone is new."""
        believed = self._strange_sequence == packet.sequence or abs(sequence - self._next_sequence) <= 1
        self._strange_sequence = (packet.sequence + 1) % 65_536
        if believed:
            self.counts.restarts += 1
        else:
            self.counts.late += 1
        return believed

    def _give_up_at(self, first: int) -> float:
        successor = self._waiting[first]
        missing_from = min(self._position, successor.timestamp)
        return max(
            self._delays.due_seconds(missing_from) + self._delays.patience_seconds,
            successor.arrived_seconds + _PATIENCE_AFTER_SUCCESSOR_SECONDS,
        )

    def _fill_at(self) -> float:
        due = self._delays.due_seconds(self._position + _FILL_STEP_SAMPLES) + self._delays.patience_seconds
        return due if self._paused or self._filled_samples else max(due, self._arrived_seconds) + _STALL_SECONDS

    def _deliver(self, packet: _Waiting, pieces: list[Piece]) -> None:
        gap = packet.timestamp - self._position
        if gap > 0:
            self._be_silent(min(gap, _LONGEST_GAP_SAMPLES), pieces)
        pieces.append(Play(packet.payload))
        self.counts.played += 1
        self._played[self._next_sequence] = None
        if len(self._played) > _PLAYED_KEPT:
            del self._played[next(iter(self._played))]
        self._next_sequence += 1
        # Behind what was filled in, when a stall is over: its sound is heard after all, late, since words count for more than minutes.
        self._position = packet.timestamp + packet.samples
        self._last_samples = packet.samples
        self._filled_samples = 0
        self._paused = opus_packet.is_quiet(packet.payload)

    def _bridge(self, first: int, pieces: list[Piece]) -> None:
        successor = self._waiting[first]
        lost = first - self._next_sequence
        gap = min(successor.timestamp - self._position, _LONGEST_GAP_SAMPLES)
        missing = min(gap, lost * self._last_samples)
        if missing > 0:
            copied = min(missing, self._last_samples)
            made_up = min(missing - copied, _LONGEST_MADE_UP_SAMPLES)
            if made_up:
                pieces.append(Conceal(made_up))
                self.counts.concealed_samples += made_up
            self._be_silent(gap - copied - made_up, pieces)
            pieces.append(Recover(successor.payload, copied))
            self.counts.recovered += 1
        self._next_sequence = first
        self._position = successor.timestamp

    def _fill(self, now_seconds: float, pieces: list[Piece]) -> None:
        if self._filled_samples >= _LONGEST_FILL_SAMPLES or now_seconds < self._fill_at():
            return
        due = self._delays.timestamp_at(now_seconds - self._delays.patience_seconds) - self._position
        steps = min(due, _LONGEST_GAP_SAMPLES) // _FILL_STEP_SAMPLES
        if steps <= 0:
            return
        samples = steps * _FILL_STEP_SAMPLES
        if not self._filled_samples and not self._paused:
            # The sound that broke off fades, rather than being cut.
            made_up = min(samples, self._last_samples)
            pieces.append(Conceal(made_up))
            self.counts.concealed_samples += made_up
            self._be_silent(samples - made_up, pieces)
        else:
            self._be_silent(samples, pieces)
        self._filled_samples += samples
        self._position += max(samples, due - _FILL_STEP_SAMPLES)

    def _be_silent(self, samples: int, pieces: list[Piece]) -> None:
        if samples > 0:
            pieces.append(Silence(samples))
            self.counts.silent_samples += samples

    def _is_admitted(self, piece: Piece, now_seconds: float) -> bool:
        samples = opus_packet.duration_samples(piece.payload) if isinstance(piece, Play) else piece.samples
        admitted = self._gate.admits(samples, now_seconds)
        if not admitted:
            self.counts.refused += 1
        return admitted


def _signed(difference: int, bits: int) -> int:
    """The difference of two counters of so many bits that wrap, the shorter way round."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half
