"""What an assistant is asked."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "assistant", "system"]


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said. Of what the assistant said this is what was heard of it, and no more."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The assistant wanted a tool. arguments: a JSON object, as text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What the tool gave."""

    call_id: str
    output: str


Entry = Message | ToolCall | ToolOutput


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the caller offers. parameters: its JSON Schema."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """The conversation so far, and how it is to be gone on with.

    tool_choice: `none`, `auto`, `required`, or the name of the one tool that must be called, as `function:NAME`.
    most_tokens: None for as many as it takes. language: ISO 639-1, of what was said last, where that is known.
    """

    entries: tuple[Entry, ...]
    instructions: str = ""
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    most_tokens: int | None = None
    language: str | None = None
    model: str = "auto"
