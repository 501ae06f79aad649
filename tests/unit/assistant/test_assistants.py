import pytest

from voxhelm.assistant.assistants import Assistants
from voxhelm.assistant.echo import Echo
from voxhelm.assistant.question import Message, Question
from voxhelm.assistant.script import Script
from voxhelm.assistant.scripted import Scripted
from voxhelm.domain.errors import ModelNotFound

ECHO, SCRIPTED = Echo(), Scripted(Script((), "Pardon?"))
ASSISTANTS = Assistants({"echo": ECHO, "scripted": SCRIPTED}, "scripted")


@pytest.mark.parametrize("name", ["auto", "", "gpt-realtime", "gpt-realtime-2.1", "gpt-4o-realtime-preview"])
def test_names_of_openai_mean_the_usual_one(name):
    assert ASSISTANTS.require(name) is SCRIPTED


def test_each_has_its_name():
    assert ASSISTANTS.require("echo") is ECHO
    assert ASSISTANTS.names == ("scripted", "echo")


def test_another_name_is_told_which_there_are():
    with pytest.raises(ModelNotFound, match="There are: scripted, echo") as failure:
        ASSISTANTS.require("nobody")
    assert failure.value.param == "model"


async def test_a_question_goes_to_the_one_that_it_names():
    parts = [part async for part in ASSISTANTS.answer(Question((Message("user", "Hi"),), model="echo"))]
    assert parts[0].text == "Hi"
    with pytest.raises(ModelNotFound):
        ASSISTANTS.answer(Question((), model="nobody"))
