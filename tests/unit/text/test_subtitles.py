import pytest

from voxhelm.domain.segment import Segment
from voxhelm.text.cues import Cue, CueOptions
from voxhelm.text.subtitles import srt, to_srt, to_vtt, vtt


def test_a_subrip_file() -> None:
    said = [Segment("Hello world.", 0.0, 1.5), Segment("Yes.", 2.0, 3.5)]
    assert to_srt(said) == ("1\n00:00:00,000 --> 00:00:01,500\nHello world.\n\n2\n00:00:02,000 --> 00:00:03,500\nYes.\n\n")


def test_a_webvtt_file() -> None:
    assert to_vtt([Segment("Hello world.", 0.0, 1.5)]) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello world.\n\n"


def test_without_segments_a_file_is_still_a_file() -> None:
    assert to_srt([]) == ""
    assert to_vtt([]) == "WEBVTT\n\n"


@pytest.mark.parametrize(
    ("seconds", "clock"),
    [
        (0.0004, "00:00:00,000"),
        (59.9996, "00:01:00,000"),
        (3599.9999, "01:00:00,000"),
        (3661.007, "01:01:01,007"),
        (99 * 3600 + 59.5, "99:00:59,500"),
        (100 * 3600.0, "100:00:00,000"),
        (-0.2, "00:00:00,000"),
    ],
)
def test_times(seconds: float, clock: str) -> None:
    (block,) = srt([Cue(("x",), seconds, 400_000.0)])
    assert block.splitlines()[1].startswith(f"{clock} --> ")


def test_a_cue_lasts_at_least_a_millisecond() -> None:
    (block,) = srt([Cue(("x",), 1.0, 1.0)])
    assert "00:00:01,000 --> 00:00:01,001" in block


def test_markup_is_shown_as_it_was_said() -> None:
    _, block = vtt([Cue(("a < b & c --> d", "<i>"), 0.0, 1.0)])
    assert block.splitlines()[1:] == ["a &lt; b &amp; c --&gt; d", "&lt;i&gt;", ""]


def test_an_arrow_in_a_subrip_text_is_not_taken_for_times() -> None:
    assert to_srt([Segment("a --> b", 0.0, 1.0)]).count("-->") == 1


def test_line_breaks_in_a_segment_do_not_end_its_cue() -> None:
    assert "one two" in to_srt([Segment("one\n\ntwo", 0.0, 1.0)])


def test_limits_are_passed_on() -> None:
    assert to_srt([Segment("one two three", 0.0, 3.0)], CueOptions(characters_per_line=5, lines=1)).count("-->") == 3


def test_a_known_speaker_is_a_voice_in_webvtt_and_nothing_in_subrip() -> None:
    said = [Segment("Hello.", 0.0, 1.5, speaker="Eva <3")]
    assert to_vtt(said).splitlines()[3] == "<v Eva &lt;3>Hello."
    assert to_srt(said).splitlines()[2] == "Hello."


def test_a_flash_is_shown_long_enough_to_be_read() -> None:
    assert "00:00:01,000 --> 00:00:02,000" in to_srt([Segment("Yes.", 1.0, 1.2)])


def test_where_two_speak_at_once_cues_are_in_order_of_their_beginnings() -> None:
    said = [Segment("one two", 0.0, 8.0, speaker="A"), Segment("three", 2.0, 3.0, speaker="B")]
    starts = [line.split(" --> ")[0] for line in to_vtt(said, CueOptions(characters_per_line=4)).splitlines() if " --> " in line]
    assert len(starts) == 3
    assert starts == sorted(starts)
