"""What was said, in order."""

from collections.abc import Iterator
from typing import Final

from voxhelm.realtime.item import Content, ContentKind, Item
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.spans import completed, heard_spans, heard_text

ROOT: Final = "root"
BYTES_PER_MS: Final = 48


class Conversation:
    """The items of a session. Only their session changes them."""

    def __init__(self, conversation_id: str, audio_limit_bytes: int) -> None:
        """audio_limit_bytes: of sound that is kept; the oldest goes first."""
        self.id = conversation_id
        self._audio_limit_bytes = audio_limit_bytes
        self._items: dict[str, Item] = {}
        self._order: list[str] = []

    def __iter__(self) -> Iterator[Item]:
        """In order."""
        return iter([self._items[item_id] for item_id in self._order])

    def __contains__(self, item_id: str) -> bool:
        """Whether it is there."""
        return item_id in self._items

    def __len__(self) -> int:
        """How many items."""
        return len(self._order)

    def get(self, item_id: str) -> Item | None:
        """One of them."""
        return self._items.get(item_id)

    def require(self, item_id: str, code: str = "item_not_found") -> Item:
        """One of them. Raises EventRefused with `code`."""
        found = self._items.get(item_id)
        if found is None:
            raise EventRefused(code, f"There is no item '{item_id[:100]}' in this conversation.", "item_id")
        return found

    @property
    def last_id(self) -> str | None:
        """The id of the last item."""
        return self._order[-1] if self._order else None

    def before(self, item_id: str) -> str | None:
        """What stands before it."""
        place = self._order.index(item_id)
        return self._order[place - 1] if place else None

    def add(self, item: Item, behind: str | None = None) -> str | None:
        """Put it at the end, or behind another one; `root` is the front. Returns what stands before it. Raises EventRefused."""
        if item.id in self._items:
            raise EventRefused("item_create_duplicate_item_id", f"There is an item '{item.id}' already.", "item.id")
        if behind is None:
            place = len(self._order)
        elif behind == ROOT:
            place = 0
        elif behind in self._items:
            place = self._order.index(behind) + 1
        else:
            raise EventRefused("invalid_value", f"There is no item '{behind[:100]}' to stand behind.", "previous_item_id")
        self._order.insert(place, item.id)
        self._items[item.id] = item
        self.forget_old_audio()
        return self._order[place - 1] if place else None

    def delete(self, item_id: str) -> None:
        """Take it out. Raises EventRefused."""
        self.require(item_id, "item_delete_invalid_item_id")
        del self._items[item_id]
        self._order.remove(item_id)

    def truncate(self, item_id: str, content_index: int, heard_ms: float) -> None:
        """Of a spoken reply only this much was heard: the words behind it are not part of the conversation. Raises EventRefused."""
        cut(self.truncatable(item_id, content_index, heard_ms), heard_ms)

    def truncatable(self, item_id: str, content_index: int, heard_ms: float) -> Content:
        """What `truncate` would cut. Raises EventRefused."""
        item = self.require(item_id, "item_truncate_invalid_item_id")
        if item.role != "assistant":
            raise EventRefused("invalid_value", "Only messages of the assistant can be truncated.", "item_id")
        if not 0 <= content_index < len(item.content):
            raise EventRefused("invalid_value", f"Item '{item_id}' has no content {content_index}.", "content_index")
        part = item.content[content_index]
        if part.kind is not ContentKind.OUTPUT_AUDIO:
            raise EventRefused("invalid_value", "Only sound can be truncated, and this is text.", "content_index")
        if heard_ms < 0:
            raise EventRefused("invalid_value", f"audio_end_ms is {heard_ms:g}; it cannot be negative.", "audio_end_ms")
        # A client counts in whole milliseconds.
        if heard_ms > part.audio_ms + 1:
            message = f"Audio content of {part.audio_ms:.0f} ms is already shorter than {heard_ms:g} ms."
            raise EventRefused("invalid_value", message, "audio_end_ms")
        return part

    def forget_old_audio(self) -> None:
        """Keep no more sound than is allowed."""
        parts = [part for item in self for part in item.content if part.audio]
        kept_bytes = sum(len(part.audio) for part in parts)
        for part in parts:
            if kept_bytes <= self._audio_limit_bytes:
                return
            kept_bytes -= len(part.audio)
            part.audio = bytearray()


def cut(part: Content, heard_ms: float) -> None:
    """Leave of a part what was heard."""
    spans = completed(part.spans, part.text or "", part.audio_ms)
    if heard_ms >= part.audio_ms and all(span.end_ms <= heard_ms for span in spans):
        return
    part.text = heard_text(spans, heard_ms)
    part.spans = heard_spans(spans, heard_ms)
    part.audio_ms = min(part.audio_ms, heard_ms)
    del part.audio[round(heard_ms) * BYTES_PER_MS :]
