import json

from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.text.captions import CaptionFormat, caption_file, captions_of

SEGMENTS = [
    Segment(
        "On 3 May.", 0.5, 2.0, (Word("On", 0.5, 0.7, None, 7), Word("3", 0.7, 1.1, None, 10, True), Word("May", 1.1, 2.0, None, 12))
    )
]


def test_files_hold_what_was_written():
    assert caption_file(SEGMENTS, CaptionFormat.SRT).startswith("1\n00:00:00,500 --> 00:00:0")
    assert caption_file(SEGMENTS, CaptionFormat.VTT).startswith("WEBVTT\n\n00:00:00.500 --> ")
    for one in (CaptionFormat.SRT, CaptionFormat.VTT):
        assert "On 3 May." in caption_file(SEGMENTS, one)


def test_json_has_the_words_too():
    found = captions_of(SEGMENTS, CaptionFormat.JSON)
    assert found["cues"][0]["text"] == "On 3 May."
    assert found["words"][1] == {"word": "3", "start": 0.7, "end": 1.1, "offset": 10, "estimated": True}
    assert json.loads(caption_file(SEGMENTS, CaptionFormat.JSON)) == found
