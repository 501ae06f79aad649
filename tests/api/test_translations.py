"""POST /v1/audio/translations, by a Whisper made by the tests that finds Bulgarian in everything and translates all of it."""

import openai
import pytest

# OpenAI means to give the route up; people still call it.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")

TRANSLATED = "A fast animal leaps."


def test_what_is_heard_is_written_in_english(polyglot, clip):
    answer = polyglot.audio.translations.with_raw_response.create(model="whisper-1", file=clip)
    assert answer.parse().text == TRANSLATED
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-voxhelm-model"] == "polyglot"


def test_verbose_json_says_english(polyglot, clip):
    heard = polyglot.audio.translations.create(model="whisper-1", file=clip, response_format="verbose_json")
    assert (heard.language, heard.text, heard.task) == ("english", TRANSLATED, "translate")
    assert heard.segments[0].text == TRANSLATED
    assert heard.duration > 0.5


@pytest.mark.parametrize(("name", "content_type"), [("text", "text/plain"), ("srt", "text/plain"), ("vtt", "text/vtt")])
def test_text_and_subtitles(polyglot, clip, name, content_type):
    answer = polyglot.audio.translations.with_raw_response.create(
        model="whisper-1", file=clip, response_format=name, prompt="So,", temperature=0.2
    )
    assert TRANSLATED in answer.text
    assert answer.headers["content-type"].startswith(content_type)


@pytest.mark.parametrize("model", ["whisper-1", "pocketsphinx-en-us", "auto"])
def test_without_a_model_that_can_the_answer_says_how_to_get_one(client, clip, model):
    with pytest.raises(openai.BadRequestError, match="voxhelm pull whisper-small") as refused:
        client.audio.translations.create(model=model, file=clip)
    assert (refused.value.code, refused.value.param) == ("model_unsuited", "model")


def test_what_is_no_format_of_translations_is_refused(polyglot_http, clip):
    for name in ("diarized_json", "pdf"):
        answer = polyglot_http.post("/v1/audio/translations", data={"response_format": name}, files={"file": clip.read_bytes()})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "response_format")
