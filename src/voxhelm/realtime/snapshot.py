"""A session at rest, to be gone on with by another process."""

from typing import Any

import msgspec

from voxhelm.realtime.beginning import Beginning
from voxhelm.realtime.conversation import Conversation
from voxhelm.realtime.item import Content, ContentKind, Item, ItemKind, Status
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_changes import changed, told
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.spans import Span

VERSION = 1


class FrozenContent(msgspec.Struct, array_like=True):
    """As `item.Content`. spans: text, start_ms, end_ms, estimated."""

    kind: str
    text: str | None
    audio: bytes
    audio_ms: float
    spans: list[tuple[str, float, float, bool]]
    image_url: str | None
    detail: str | None


class FrozenItem(msgspec.Struct, array_like=True):
    """As `item.Item`."""

    id: str
    kind: str
    role: str
    status: str
    content: list[FrozenContent]
    call_id: str
    name: str
    arguments: str
    output: str
    language: str | None


class Frozen(msgspec.Struct):
    """What is kept. age_seconds: of the session. config: its settings as the contract writes them."""

    version: int
    session_id: str
    conversation_id: str
    age_seconds: float
    expires_unix_seconds: int
    told: dict[str, Any]
    model: str
    config: dict[str, Any]
    spoke: bool
    frozen_items: list[FrozenItem]

    @staticmethod
    def of(beginning: Beginning, age_seconds: float, config: SessionConfig, conversation: Conversation, *, spoke: bool) -> "Frozen":
        """Of a session. spoke: whether its voice has been heard."""
        written = told(config, beginning.session_id, beginning.expires_unix_seconds)
        return Frozen(
            VERSION,
            beginning.session_id,
            beginning.conversation_id,
            age_seconds,
            beginning.expires_unix_seconds,
            beginning.told,
            config.model,
            written,
            spoke,
            [_frozen_item(item) for item in conversation],
        )

    @property
    def items(self) -> list[Item]:
        """Its conversation."""
        return [_thawed_item(item) for item in self.frozen_items]

    def settings(self) -> SessionConfig:
        """Its settings. Raises ValueError."""
        try:
            return changed(SessionConfig(self.model), self.config)
        except EventRefused as error:
            raise ValueError(error.message) from error


def frozen(session: Frozen) -> bytes:
    """As bytes."""
    return msgspec.msgpack.encode(session)


def thawed(data: bytes) -> Frozen:
    """From bytes. Raises ValueError when they are not of this version, or damaged."""
    kept = msgspec.msgpack.decode(data, type=Frozen)
    if kept.version != VERSION:
        raise ValueError(f"the snapshot is of version {kept.version}, and this server reads {VERSION}")
    return kept


def _frozen_item(item: Item) -> FrozenItem:
    content = [
        FrozenContent(
            part.kind.value,
            part.text,
            bytes(part.audio),
            part.audio_ms,
            [(span.text, span.start_ms, span.end_ms, span.estimated) for span in part.spans],
            part.image_url,
            part.detail,
        )
        for part in item.content
    ]
    kept = (item.call_id, item.name, item.arguments, item.output, item.language)
    return FrozenItem(item.id, item.kind.value, item.role, item.status.value, content, *kept)


def _thawed_item(kept: FrozenItem) -> Item:
    content = [
        Content(
            ContentKind(part.kind),
            part.text,
            bytearray(part.audio),
            part.audio_ms,
            tuple(Span(*span) for span in part.spans),
            part.image_url,
            part.detail,
        )
        for part in kept.content
    ]
    rest = (kept.call_id, kept.name, kept.arguments, kept.output, kept.language)
    return Item(kept.id, ItemKind(kept.kind), kept.role, Status(kept.status), content, *rest)
