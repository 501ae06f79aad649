from dataclasses import replace

from voxhelm.engines.whisper.judgement import TEMPERATURES, Transcript, best, compression_of, ladder

GOOD = Transcript((1, 2), compression=1.4, average_log_probability=-0.3, no_speech_probability=0.1, temperature=0.0)


def test_a_likely_text_is_believed():
    assert GOOD.believable
    assert not GOOD.silent


def test_a_text_that_was_guessed_is_tried_again():
    assert not replace(GOOD, average_log_probability=-1.2).believable


def test_a_text_that_repeats_itself_is_tried_again():
    assert not replace(GOOD, compression=2.5).believable
    assert (
        compression_of("Thank you for watching. " * 10)
        > 2.4
        > compression_of("How much there might be prudently in his power to do.")
    )


def test_silence_is_believed_when_the_text_was_guessed_and_not_when_it_is_likely():
    silence = replace(GOOD, no_speech_probability=0.9, average_log_probability=-1.5)
    assert silence.silent
    assert silence.believable
    assert not replace(GOOD, no_speech_probability=0.9).silent


def test_the_first_believable_text_is_the_best():
    guessed = replace(GOOD, average_log_probability=-2)
    assert best([guessed, GOOD]) is GOOD


def test_among_the_unbelievable_the_likeliest_that_does_not_repeat_itself_is_best():
    repeating = replace(GOOD, compression=5, average_log_probability=-0.1)
    unlikely, less_so = replace(GOOD, average_log_probability=-3), replace(GOOD, average_log_probability=-2)
    assert best([repeating, unlikely, less_so, unlikely]) is less_so
    assert best([replace(repeating, average_log_probability=-3), repeating]) is repeating


def test_the_compression_of_nothing_is_none():
    assert compression_of("") == 0


def test_no_temperature_and_zero_climb_the_ladder_and_another_is_kept_to():
    assert ladder(None) == ladder(0.0) == TEMPERATURES
    assert ladder(0.4) == (0.4,)
