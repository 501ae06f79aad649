import json
import re

import pytest

from voxhelm.assistant.answer import AnswerUsage, CallDelta, CallStarted, TextDelta
from voxhelm.assistant.question import Message, Question, Tool, ToolCall, ToolOutput
from voxhelm.assistant.script import Rule, Script, ScriptedCall
from voxhelm.assistant.scripted import Scripted
from voxhelm.domain.errors import EngineFailed

WEATHER = Tool("weather", "How it is outside.", {"type": "object"})
CALLING = Rule(
    when=re.compile(r"in (?P<city>\w+)"),
    say="Let me see.",
    call=ScriptedCall("weather", {"city": "{city}", "days": [1, "{heard}"]}),
)
TELLING = Rule(after_tool="weather", say="It is {output} in there, {nobody}.")
SCRIPT = Script((CALLING, TELLING, Rule(when=re.compile("да"), language="bg", say="Не.")), "Pardon?")
ASKED = Message("user", "How is it in Sofia?")


async def answered(*entries, script=SCRIPT, **options):
    return [part async for part in Scripted(script).answer(Question(entries, **options))]


def text_of(parts):
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


async def test_a_tool_is_called_with_what_was_heard():
    parts = await answered(ASKED, tools=(WEATHER,))
    assert text_of(parts) == "Let me see."
    started, arguments, usage = parts[-3:]
    assert isinstance(started, CallStarted)
    assert started.name == "weather"
    assert isinstance(arguments, CallDelta)
    assert json.loads(arguments.arguments) == {"city": "Sofia", "days": [1, "How is it in Sofia?"]}
    assert isinstance(usage, AnswerUsage)


async def test_what_the_tool_gave_is_told():
    parts = await answered(ASKED, ToolCall("c", "weather", "{}"), ToolOutput("c", "warm"), tools=(WEATHER,))
    assert text_of(parts) == "It is warm in there, {nobody}."


async def test_a_tool_that_is_not_offered_is_not_called():
    assert text_of(await answered(ASKED)) == "Pardon?"
    assert text_of(await answered(ASKED, tools=(WEATHER,), tool_choice="none")) == "Pardon?"


@pytest.mark.parametrize("choice", ["required", "function:weather"])
async def test_a_caller_who_insists_gets_its_call(choice):
    parts = await answered(Message("user", "Hello"), tools=(WEATHER,), tool_choice=choice)
    assert [part.name for part in parts if isinstance(part, CallStarted)] == ["weather"]


async def test_a_rule_of_a_language_is_for_words_of_that_language():
    assert text_of(await answered(Message("user", "да"), language="bg")) == "Не."
    assert text_of(await answered(Message("user", "да"), language="ru")) == "Pardon?"


async def test_it_fails_where_the_script_says_so():
    parts = Scripted(Script((Rule(say="One two", failure="It broke."),))).answer(Question(()))
    assert await anext(parts) == TextDelta("One ")
    assert await anext(parts) == TextDelta("two")
    with pytest.raises(EngineFailed, match="It broke"):
        await anext(parts)


async def test_it_says_no_more_than_it_may():
    parts = await answered(Message("user", "x"), script=Script((), "one two three"), most_tokens=1)
    assert parts == [TextDelta("one "), AnswerUsage(output_tokens=1, reason="max_output_tokens")]
