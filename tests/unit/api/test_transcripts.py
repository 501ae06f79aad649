from openai.types.audio import TranscriptionVerbose

from voxhelm.api.transcripts import Heard, Rendering, as_json, as_verbose_json, done_event, log_probabilities
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
    assert as_json(HEARD, Rendering()) == {
        "text": "hello there how are you",
        "languages": [{"code": "en"}],
        "usage": {"type": "duration", "seconds": 3.5},
    }


def test_verbose_json_is_what_openai_types():
    body = as_verbose_json(HEARD, Rendering(("segment", "word")))
    parsed = TranscriptionVerbose.model_validate(body)
    assert parsed.segments[1].seek == 200
    assert parsed.segments[1].tokens == [7]
    assert [word.word for word in parsed.words] == ["hello", "there", "how", "are", "you"]
    assert body["language"] == "english"


def test_only_what_was_asked_for_is_there():
    assert "words" not in as_verbose_json(HEARD, Rendering())
    assert "segments" not in as_verbose_json(HEARD, Rendering(("word",)))


def test_the_last_event_has_all_of_the_text_and_counts_tokens():
    event = done_event(HEARD, Rendering())
    assert event["text"] == "hello there how are you"
    assert event["usage"]["input_tokens"] == 35
    assert event["usage"]["total_tokens"] == 40


def test_a_language_without_a_name_is_told_by_its_code():
    heard = Heard((), "tlh", 1.0)
    assert as_verbose_json(heard, Rendering())["language"] == "tlh"


def test_words_tell_how_sure_the_engine_is_where_it_does():
    segment = Segment("Yes, sir", 0.0, 1.0, (Word("Yes,", 0.0, 0.4, 0.5), Word("sir", 0.5, 1.0, 0.0), Word("?", 1.0, 1.0)))
    first, second = log_probabilities(segment)
    assert first == {"token": "Yes,", "bytes": list(b"Yes,"), "logprob": -0.693147}
    assert (second["token"], second["logprob"] < -20) == (" sir", True)
    words = as_verbose_json(Heard((segment,), "en", 1.0), Rendering(("word",)))["words"]
    assert [word.get("probability") for word in words] == [0.5, 0.0, None]


def test_what_was_spoken_is_told_in_order_of_appearance():
    heard = Heard((Segment("a", 0, 1, language="bg"), Segment("b", 1, 2), Segment("c", 2, 3, language="bg")), "en", 3.0)
    assert as_json(heard, Rendering())["languages"] == [{"code": "bg"}, {"code": "en"}]
    assert as_json(Heard((), "en", 3.0), Rendering())["languages"] == []
