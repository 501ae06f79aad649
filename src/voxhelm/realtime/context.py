"""From the items of a conversation to what an assistant is asked."""

from collections.abc import Iterable, Iterator

from voxhelm.assistant.question import Entry, Message, Question, Role, Tool, ToolCall, ToolOutput
from voxhelm.realtime.item import Item, ItemKind
from voxhelm.realtime.session_config import SessionConfig


def question_of(items: Iterable[Item], config: SessionConfig) -> Question:
    """Of a reply there is what was heard, because that is what its item holds; what nobody understood is left out."""
    listed = list(items)
    language = next((item.language for item in reversed(listed) if item.role == "user" and item.text), None)
    tools = tuple(Tool(tool.name, tool.description, tool.parameters) for tool in config.tools)
    return Question(
        tuple(_entries(listed)), config.instructions, tools, config.tool_choice, config.most_tokens, language, config.model
    )


def _entries(items: Iterable[Item]) -> Iterator[Entry]:
    roles: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
    for item in items:
        if item.kind is ItemKind.CALL:
            yield ToolCall(item.call_id, item.name, item.arguments)
        elif item.kind is ItemKind.OUTPUT:
            yield ToolOutput(item.call_id, item.output)
        elif item.text.strip():
            yield Message(roles[item.role], item.text.strip())
