"""All assistants of a server, by name."""

from collections.abc import AsyncGenerator, Mapping
from typing import Final

from voxhelm.assistant.answer import AnswerPart, Assistant
from voxhelm.assistant.question import Question
from voxhelm.domain.errors import ModelNotFound

AUTO: Final = "auto"
# What clients are configured with that were written for OpenAI: these mean whoever answers here.
OPENAI_PREFIXES: Final = ("gpt-", "chatgpt-", "o1", "o3", "o4")


class Assistants:
    """An assistant that hands each question to the one it is for."""

    def __init__(self, by_name: Mapping[str, Assistant], usual: str) -> None:
        """usual: the name of the one that `auto` and OpenAI's names mean."""
        self._by_name = dict(by_name)
        self._usual = usual

    @property
    def names(self) -> tuple[str, ...]:
        """Of all of them, the usual one first."""
        return (self._usual, *(name for name in self._by_name if name != self._usual))

    def require(self, model: str) -> Assistant:
        """The one of a name. Raises ModelNotFound."""
        if model in self._by_name:
            return self._by_name[model]
        if model in ("", AUTO) or model.startswith(OPENAI_PREFIXES):
            return self._by_name[self._usual]
        raise ModelNotFound(
            f"There is no assistant '{model[:100]}'. There are: {', '.join(self.names)}; OpenAI's names mean {self._usual}.",
            param="model",
        )

    def answer(self, question: Question) -> AsyncGenerator[AnswerPart]:
        """As `Assistant`. Raises ModelNotFound, at once."""
        return self.require(question.model).answer(question)
