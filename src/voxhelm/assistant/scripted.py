"""An assistant that follows a script: for demonstrations, and for tests of everything around an assistant."""

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from voxhelm.assistant.answer import AnswerPart, AnswerUsage, CallDelta, CallStarted, TextDelta
from voxhelm.assistant.question import Message, Question, ToolCall, ToolOutput
from voxhelm.assistant.script import Rule, Script, ScriptedCall
from voxhelm.domain.errors import EngineFailed

_WORD: Final = re.compile(r"\s*\S+\s*")
_BLANK: Final = re.compile(r"\{(\w+)\}")
CALL_ID_BYTES: Final = 12


class Scripted:
    """Answers by the first rule that fits. Tools that the caller does not offer, or does not want called, are not called."""

    def __init__(self, script: Script) -> None:
        """script: the rules."""
        self._script = script

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPart]:
        """As `Assistant`. A word counts as a token. Raises EngineFailed where the script says so."""
        scene = _Scene.of(question)
        rule, blanks = self._fitting(question, scene)
        if rule.delay_seconds:
            await asyncio.sleep(rule.delay_seconds)
        words = _WORD.findall(_filled(rule.say, blanks))
        most = question.most_tokens
        told = words if most is None else words[:most]
        for number, word in enumerate(told):
            if number and rule.word_seconds:
                await asyncio.sleep(rule.word_seconds)
            yield TextDelta(word)
        if rule.failure is not None:
            raise EngineFailed(rule.failure)
        if rule.call is not None:
            yield CallStarted(f"call_{secrets.token_hex(CALL_ID_BYTES)}", rule.call.name)
            yield CallDelta(msgspec.json.encode(_arguments(rule.call.arguments, blanks)).decode())
        yield AnswerUsage(output_tokens=len(told), reason="max_output_tokens" if len(told) < len(words) else None)

    def _fitting(self, question: Question, scene: "_Scene") -> tuple[Rule, Mapping[str, str]]:
        blanks = {"heard": scene.heard, "output": scene.output}
        for rule in self._script.rules:
            found = _fits(rule, question, scene)
            if found is not None:
                return rule, blanks | found
        choice, _, name = question.tool_choice.partition(":")
        if choice in ("function", "required") and question.tools and scene.tool is None:
            # The caller insists, whatever the script knows.
            return Rule(call=ScriptedCall(name or question.tools[0].name, {})), blanks
        return Rule(say=self._script.otherwise), blanks


@dataclass(frozen=True, slots=True)
class _Scene:
    """What there is to answer. tool: whose output was the last thing that happened."""

    heard: str
    output: str
    tool: str | None

    @staticmethod
    def of(question: Question) -> "_Scene":
        heard = next((one.text for one in reversed(question.entries) if isinstance(one, Message) and one.role == "user"), "")
        last = question.entries[-1] if question.entries else None
        if not isinstance(last, ToolOutput):
            return _Scene(heard, "", None)
        called = (one.name for one in question.entries if isinstance(one, ToolCall) and one.call_id == last.call_id)
        return _Scene(heard, last.output, next(called, ""))


def _fits(rule: Rule, question: Question, scene: _Scene) -> dict[str, str] | None:
    """What the groups of its pattern are, if the rule fits."""
    if rule.after_tool != scene.tool:
        return None
    if rule.language is not None and question.language not in (None, rule.language):
        return None
    if not _may_call(rule, question):
        return None
    if rule.when is None:
        return {}
    found = rule.when.search(scene.heard)
    return {name: text or "" for name, text in found.groupdict().items()} if found is not None else None


def _may_call(rule: Rule, question: Question) -> bool:
    choice, _, name = question.tool_choice.partition(":")
    if rule.call is None:
        return choice not in ("function", "required") or rule.after_tool is not None
    offered = any(tool.name == rule.call.name for tool in question.tools)
    return offered and choice != "none" and name in ("", rule.call.name)


def _filled(text: str, blanks: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: blanks.get(blank[1], blank[0]), text)


def _arguments(given: Any, blanks: Mapping[str, str]) -> Any:
    if isinstance(given, str):
        return _filled(given, blanks)
    if isinstance(given, dict):
        return {name: _arguments(value, blanks) for name, value in given.items()}
    return [_arguments(one, blanks) for one in given] if isinstance(given, list) else given
