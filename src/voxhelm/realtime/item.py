"""One thing in a conversation: a message, the call of a tool, or what the tool gave."""

from dataclasses import dataclass, field
from enum import StrEnum

from voxhelm.realtime.spans import Span


class ItemKind(StrEnum):
    """What an item is."""

    MESSAGE = "message"
    CALL = "function_call"
    OUTPUT = "function_call_output"


class Status(StrEnum):
    """How far it is."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


class ContentKind(StrEnum):
    """What a part of a message is."""

    INPUT_TEXT = "input_text"
    INPUT_AUDIO = "input_audio"
    INPUT_IMAGE = "input_image"
    OUTPUT_TEXT = "output_text"
    OUTPUT_AUDIO = "output_audio"


@dataclass(slots=True)
class Content:
    """A part of a message.

    text: what is written or said; of a user's sound None until it has been heard.
    audio: 16 bits at 24 kHz, little-endian; empty when it was not kept. audio_ms: how long it plays, kept or not.
    spans: of a reply, when its words are heard.
    """

    kind: ContentKind
    text: str | None = None
    audio: bytearray = field(default_factory=bytearray)
    audio_ms: float = 0.0
    spans: tuple[Span, ...] = ()
    image_url: str | None = None
    detail: str | None = None


@dataclass(slots=True)
class Item:
    """Fields that its kind has no use for are empty. language: ISO 639-1, of what was heard."""

    id: str
    kind: ItemKind
    role: str = ""
    status: Status = Status.COMPLETED
    content: list[Content] = field(default_factory=list)
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: str = ""
    language: str | None = None

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(part.text for part in self.content if part.text)
