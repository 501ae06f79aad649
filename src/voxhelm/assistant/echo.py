"""An assistant that says what it heard: for trying out voices and ears, and for tests."""

import re
from collections.abc import AsyncGenerator
from typing import Final

from voxhelm.assistant.answer import AnswerPart, AnswerUsage, TextDelta
from voxhelm.assistant.question import Message, Question, ToolOutput

NOTHING_HEARD: Final = "I have not heard anything yet."
_WORD: Final = re.compile(r"\s*\S+\s*")


class Echo:
    """Says the caller's last words again, in their language; or what a tool gave."""

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPart]:
        """As `Assistant`. A word counts as a token."""
        words = _WORD.findall(_last_words(question) or NOTHING_HEARD)
        most = question.most_tokens
        told = words if most is None else words[:most]
        for word in told:
            yield TextDelta(word)
        yield AnswerUsage(output_tokens=len(told), reason="max_output_tokens" if len(told) < len(words) else None)


def _last_words(question: Question) -> str:
    for entry in reversed(question.entries):
        if isinstance(entry, ToolOutput):
            return entry.output.strip()
        if isinstance(entry, Message) and entry.role == "user":
            return entry.text.strip()
    return ""
