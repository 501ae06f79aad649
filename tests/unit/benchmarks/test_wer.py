import pytest

from benchmarks.plan import NotMeasurable
from benchmarks.wer import normalised, recordings


def test_case_punctuation_and_spaces_do_not_count():
    assert normalised("  Hello, World! It's\nme. ") == "hello world it's me"


def test_only_recordings_with_a_transcript_are_heard(tmp_path):
    for name in ("a.wav", "a.txt", "b.flac", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in recordings(tmp_path)] == ["a.wav"]


def test_a_folder_without_any_says_what_is_missing(tmp_path):
    with pytest.raises(NotMeasurable, match="transcript"):
        recordings(tmp_path)
