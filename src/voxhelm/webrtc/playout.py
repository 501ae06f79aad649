"""What is played next, and what of it has been heard."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.realtime.face import Heard

RATE_HZ: Final = 24_000
FRAME_SAMPLES: Final = 480
FRAME_SECONDS: Final = FRAME_SAMPLES / RATE_HZ
_FADE_SAMPLES: Final = 240  # 10 ms: too short to be heard as a word's end, long enough not to be heard as a click
_HANDED_FRAMES_KEPT: Final = 250  # 5 seconds, more than any client is behind


@dataclass(slots=True)
class _Item:
    item_id: str
    pieces: deque[NDArray[np.int16]] = field(default_factory=deque)
    waiting_samples: int = 0
    handed_samples: int = 0
    handed_until_seconds: float | None = None
    ended: bool = False

    def take(self, count: int) -> NDArray[np.int16]:
        parts: list[NDArray[np.int16]] = []
        missing = min(count, self.waiting_samples)
        self.waiting_samples -= missing
        while missing:
            piece = self.pieces.popleft()
            if len(piece) > missing:
                self.pieces.appendleft(piece[missing:])
                piece = piece[:missing]
            parts.append(piece)
            missing -= len(piece)
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int16)


@dataclass(frozen=True, slots=True)
class _Handed:
    at_seconds: float
    item_id: str
    samples_before: int
    samples: int


class Playout:
    """Sound of items in the order they came, handed out a frame of 20 ms at a time, and the account of it. All sound is at 24 kHz.

    An item begins when the sound of those before it has been handed out. Each is `end`ed; one that another item follows counts as ended.
    """

    def __init__(self, longest_seconds: float) -> None:
        """longest_seconds: of sound that may wait."""
        self._most_samples = round(longest_seconds * RATE_HZ)
        self._waiting_samples = 0
        self._items: deque[_Item] = deque()
        self._handed: deque[_Handed] = deque(maxlen=_HANDED_FRAMES_KEPT)
        self._all_handed: deque[tuple[str, float]] = deque()
        self._last_words: NDArray[np.int16] | None = None
        self._gain = 1.0
        self._wanted_gain = 1.0

    def play(self, item_id: str, samples: NDArray[np.int16]) -> bool:
        """Append sound to an item. Returns whether there was room for it; if not, nothing of it is played."""
        if self._waiting_samples + len(samples) > self._most_samples:
            return False
        item = self._item(item_id)
        if len(samples):
            item.pieces.append(samples)
            item.waiting_samples += len(samples)
            self._waiting_samples += len(samples)
        return True

    def end(self, item_id: str) -> None:
        """Nothing more of the item comes."""
        self._item(item_id).ended = True

    def hush(self) -> None:
        """Forget what has not been handed out, but for a few milliseconds in which it fades."""
        head = next((item for item in self._items if item.waiting_samples), None)
        if head is not None and head.handed_samples:
            tail = head.take(_FADE_SAMPLES)
            self._last_words = _scaled(tail, self._gain, 0.0)
        self._items.clear()
        self._waiting_samples = 0

    def duck(self, gain: float) -> None:
        """How loud it is from the next frame on, reached within that frame."""
        self._wanted_gain = gain

    def next_frame(self, now_seconds: float) -> NDArray[np.int16] | None:
        """The next 20 ms, which leave at this moment; None for silence."""
        if self._last_words is not None:
            frame, self._last_words, self._gain = self._last_words, None, self._wanted_gain
            return _padded(frame)
        self._retire(now_seconds)
        head = self._items[0] if self._items else None
        if head is None or not head.waiting_samples or (head.waiting_samples < FRAME_SAMPLES and not head.ended):
            self._gain = self._wanted_gain
            return None
        samples = head.take(FRAME_SAMPLES)
        self._waiting_samples -= len(samples)
        self._handed.append(_Handed(now_seconds, head.item_id, head.handed_samples, len(samples)))
        head.handed_samples += len(samples)
        head.handed_until_seconds = now_seconds + len(samples) / RATE_HZ
        self._retire(now_seconds)
        gain, self._gain = self._gain, self._wanted_gain
        return _padded(_scaled(samples, gain, self._gain))

    def heard(self, now_seconds: float, delay_seconds: float) -> Heard | None:
        """How much of the item whose sound was handed out last has been heard, at an ear that is so far behind."""
        if not self._handed:
            return None
        item_id = self._handed[-1].item_id
        ear_seconds = now_seconds - delay_seconds
        for handed in reversed(self._handed):
            if handed.item_id != item_id:
                break
            if handed.at_seconds <= ear_seconds:
                samples = min(handed.samples, (ear_seconds - handed.at_seconds) * RATE_HZ)
                return Heard(item_id, (handed.samples_before + samples) * 1_000 / RATE_HZ)
        return Heard(item_id, 0.0)

    def drained(self, now_seconds: float, delay_seconds: float) -> list[str]:
        """Items that were ended and whose last sound has been heard by now; each is told once."""
        self._retire(now_seconds)
        drained = []
        while self._all_handed and self._all_handed[0][1] + delay_seconds <= now_seconds:
            drained.append(self._all_handed.popleft()[0])
        return drained

    def _item(self, item_id: str) -> _Item:
        for item in self._items:
            if item.item_id == item_id:
                return item
        if self._items:
            self._items[-1].ended = True
        item = _Item(item_id)
        self._items.append(item)
        return item

    def _retire(self, now_seconds: float) -> None:
        while self._items and self._items[0].ended and not self._items[0].waiting_samples:
            item = self._items.popleft()
            until = now_seconds if item.handed_until_seconds is None else item.handed_until_seconds
            self._all_handed.append((item.item_id, until))


def _scaled(samples: NDArray[np.int16], from_gain: float, to_gain: float) -> NDArray[np.int16]:
    if from_gain == to_gain == 1.0:
        return samples
    gains = np.linspace(from_gain, to_gain, len(samples), dtype=np.float32)
    scaled: NDArray[np.int16] = np.clip(np.rint(samples * gains), -32_768, 32_767).astype(np.int16)
    return scaled


def _padded(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    if len(samples) == FRAME_SAMPLES:
        return samples
    padded = np.zeros(FRAME_SAMPLES, dtype=np.int16)
    padded[: len(samples)] = samples
    return padded
