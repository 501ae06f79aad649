from openai.types.audio import TranscriptionVerbose

from voxhelm.api.transcripts import Heard, as_json, as_verbose_json, done_event
from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word

HEARD = Heard(
    (
        Segment("hello there", 0.5, 1.5, (Word("hello", 0.5, 1.0), Word("there", 1.0, 1.5)), "en", -0.25),
        Segment(
            "how are you",
            2.0,
            3.0,
            (Word("how", 2.0, 2.2), Word("are", 2.2, 2.5), Word("you", 2.5, 3.0)),
            "en",
            -0.5,
            0.1,
            0.2,
            (7,),
        ),
    ),
    "en",
    3.5,
)


def test_json_is_text_and_usage():
    assert as_json(HEARD) == {"text": "hello there how are you", "usage": {"type": "duration", "seconds": 3.5}}


def test_verbose_json_is_what_openai_types():
    body = as_verbose_json(HEARD, ["segment", "word"])
    parsed = TranscriptionVerbose.model_validate(body)
    assert parsed.segments[1].seek == 200
    assert parsed.segments[1].tokens == [7]
    assert [word.word for word in parsed.words] == ["hello", "there", "how", "are", "you"]
    assert body["language"] == "english"


def test_only_what_was_asked_for_is_there():
    assert "words" not in as_verbose_json(HEARD, ["segment"])
    assert "segments" not in as_verbose_json(HEARD, ["word"])


def test_the_last_event_has_all_of_the_text_and_counts_tokens():
    event = done_event(HEARD)
    assert event["text"] == "hello there how are you"
    assert event["usage"]["input_tokens"] == 35
    assert event["usage"]["total_tokens"] == 40


def test_a_language_without_a_name_is_told_by_its_code():
    heard = Heard((), "tlh", 1.0)
    assert as_verbose_json(heard, ["segment"])["language"] == "tlh"
