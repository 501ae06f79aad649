"""What an assistant answers."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

from voxhelm.assistant.question import Question


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class CallStarted:
    """It begins to call a tool."""

    call_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """More of the arguments of the call that began last."""

    arguments: str


@dataclass(frozen=True, slots=True)
class AnswerUsage:
    """Comes last. reason: why it is not complete, None when it is. Tokens are 0 where nobody counts them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reason: Literal["max_output_tokens", "content_filter"] | None = None


AnswerPart = TextDelta | CallStarted | CallDelta | AnswerUsage


class Assistant(Protocol):
    """Answers. Any number of callers at once."""

    def answer(self, question: Question) -> AsyncGenerator[AnswerPart]:
        """Yield the answer as it is made. Closing the generator stops the work. Raises VoxhelmError."""
        ...
