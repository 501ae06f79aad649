import pytest

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.engines.espeak.installation import Installation, find_installation
from voxhelm.engines.espeak.library import LONGEST_DATA_PATH_BYTES, open_library


@pytest.fixture
def installation():
    found = find_installation()
    assert found is not None
    return found


@pytest.fixture
def library(installation):
    with open_library(installation) as one:
        one.set_voice("gmw/en-US")
        one.set_words_per_minute(175)
        yield one


def say(library, text):
    sound, marks = [], []

    def on_sound(samples, some):
        sound.append(samples)
        marks.extend(some)
        return True

    library.say(text, on_sound, pause_after=False)
    return b"".join(sound), marks


def test_marks_count_characters_from_zero(library):
    library.set_voice("zls/bg")
    sound, marks = say(library, "Здравей, свят! 👋 Край.")
    assert len(sound) > library.rate_hz
    assert [mark.offset for mark in marks if mark.offset is not None][:3] == [0, 9, 15]
    assert marks[0].seconds == 0
    assert 0 < marks[1].seconds <= marks[2].seconds <= len(sound) / 2 / library.rate_hz


def test_answering_no_stops_the_work(library):
    calls = []

    def on_sound(samples, _marks):
        calls.append(len(samples))
        return len(calls) < 3

    library.say("And so on, and so on, and on. " * 100, on_sound, pause_after=False)
    assert len(calls) == 3
    assert len(say(library, "One.")[0]) > 5000


def test_an_error_of_the_reader_is_raised_and_stops_the_work(library):
    calls = []

    def on_sound(samples, _marks):
        calls.append(len(samples))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        library.say("And so on, and so on, and on. " * 100, on_sound, pause_after=False)
    assert len(calls) == 1
    assert len(say(library, "One.")[0]) > 5000


def test_markup_and_phoneme_codes_are_read_out(library):
    plain, _ = say(library, "Hello")
    for text in ("<b>Hello</b>", "[[h@l'oU]] Hello"):
        assert len(say(library, text)[0]) > 1.5 * len(plain)


def test_a_pause_comes_after_where_one_is_due(library):
    lengths = []
    for pause_after in (False, True):
        parts = []
        library.say("Hello.", lambda samples, _marks, parts=parts: parts.append(samples) is None, pause_after=pause_after)
        lengths.append(sum(map(len, parts)))
    assert lengths[1] > lengths[0] + 2 * 0.1 * library.rate_hz


def test_a_voice_that_is_not_there_is_an_error(library):
    with pytest.raises(EngineFailed):
        library.set_voice("gmw/nobody")


def test_data_far_down_in_the_file_system_is_found(installation, tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(installation.data)
    assert len(bytes(deep)) > LONGEST_DATA_PATH_BYTES
    with open_library(Installation(installation.library, deep / "espeak-ng-data")) as library:
        library.set_voice("gmw/en-US+f3")
        assert len(say(library, "Hello.")[0]) > 5000


def test_damaged_data_is_a_failure_to_load(installation, tmp_path):
    with pytest.raises(ModelLoadFailed, match="espeakng-loader"), open_library(Installation(installation.library, tmp_path)):
        pass


def test_a_damaged_library_is_a_failure_to_load(installation, tmp_path):
    broken = tmp_path / "libespeak-ng.so"
    broken.write_bytes(b"not a library")
    with pytest.raises(ModelLoadFailed), open_library(Installation(broken, installation.data)):
        pass
