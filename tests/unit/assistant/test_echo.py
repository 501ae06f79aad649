from voxhelm.assistant.answer import AnswerUsage, TextDelta
from voxhelm.assistant.echo import NOTHING_HEARD, Echo
from voxhelm.assistant.question import Message, Question, ToolCall, ToolOutput


async def answered(*entries, **options):
    parts = [part async for part in Echo().answer(Question(entries, **options))]
    return "".join(part.text for part in parts if isinstance(part, TextDelta)), parts[-1]


async def test_it_says_the_last_words_of_the_caller():
    text, usage = await answered(Message("user", "One."), Message("assistant", "One."), Message("user", "Две думи, моля."))
    assert text == "Две думи, моля."
    assert usage == AnswerUsage(output_tokens=3)


async def test_it_says_what_a_tool_gave():
    text, _ = await answered(Message("user", "What time?"), ToolCall("c", "time", "{}"), ToolOutput("c", "Noon."))
    assert text == "Noon."


async def test_where_nothing_was_said_it_says_so():
    text, _ = await answered(Message("system", "Be kind."), instructions="Greet.")
    assert text == NOTHING_HEARD


async def test_it_says_no_more_than_it_may():
    text, usage = await answered(Message("user", "one two three"), most_tokens=2)
    assert text.split() == ["one", "two"]
    assert usage == AnswerUsage(output_tokens=2, reason="max_output_tokens")
