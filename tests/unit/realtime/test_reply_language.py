import pytest

from voxhelm.assistant.question import Message, Question
from voxhelm.realtime.reply_language import ReplyLanguage

MISTAKABLE = "Say a long sentence, as long as it takes."
ENGLISH = "The weather has been very good this week, and everybody is outside until it gets dark. "
BULGARIAN = "Времето беше много хубаво тази седмица и всички са навън, докато се стъмни. "


def languages(question, *sentences):
    reply = ReplyLanguage(question)
    return [reply.of(sentence) for sentence in sentences]


def test_a_reply_is_in_the_language_that_was_heard():
    assert languages(Question((), language="en"), MISTAKABLE, "OK.", "No.") == ["en"] * 3
    assert languages(Question((), language="de"), "Ja, gut.") == ["de"]


def test_where_nobody_told_the_conversation_tells():
    asked = Question((Message("system", BULGARIAN), Message("user", ENGLISH)))
    assert languages(asked, MISTAKABLE) == ["en"]


def test_a_long_reply_tells_for_itself():
    assert languages(Question((), language="de"), ENGLISH, ENGLISH * 2, "No.")[-2:] == ["en", "en"]


@pytest.mark.parametrize(
    ("heard", "sentence", "language"), [("en", "Добър ден на всички.", "bg"), ("bg", "Good morning to all of you.", "en")]
)
def test_letters_that_the_language_has_not_are_of_another_one(heard, sentence, language):
    assert languages(Question((), language=heard), sentence) == [language]


def test_what_tells_nothing_is_left_to_the_voice():
    assert languages(Question(()), "42") == [None]
    assert languages(Question((), language="bg"), "42") == ["bg"]
