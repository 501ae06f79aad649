import pytest

from voxhelm.domain.errors import ModelLoadFailed, VoiceNotFound
from voxhelm.engines.kokoro.engine import ENGINE
from voxhelm.engines.kokoro.voices import Styles, describe, find_mix, voice_names


@pytest.mark.parametrize(
    ("name", "called", "languages", "gender"),
    [
        ("af_heart", "Heart", ("en-us",), "female"),
        ("bm_george", "George", ("en-gb",), "male"),
        ("pf_dora", "Dora", ("pt-br",), "female"),
        ("zf_xiaoxiao", "Xiaoxiao", ("zh",), "female"),
        ("mine", "mine", ("en-us",), None),
        ("xx_mine", "xx_mine", ("en-us",), None),
    ],
)
def test_a_name_says_what_the_voice_is(name, called, languages, gender):
    voice = describe(name)
    assert (voice.id, voice.name, voice.languages, voice.gender) == (name, called, languages, gender)


def test_the_favourite_of_each_language_comes_first(spec):
    listed = ENGINE.voices(spec)
    assert listed[0].id == "af_heart"
    assert next(voice.id for voice in listed if voice.languages == ("en-gb",)) == "bf_emma"
    assert len(listed) == 8


def test_a_mix_is_a_voice_of_its_first_part(spec):
    listed = {voice.id: voice for voice in ENGINE.voices(spec)}
    voice = find_mix(listed, "AF_bella(2) + am_adam")
    assert voice is not None
    assert (voice.id, voice.name, voice.languages, voice.gender) == ("af_bella(2)+am_adam(1)", "Bella + Adam", ("en-us",), None)
    assert find_mix(listed, "bf_emma+af_bella").languages == ("en-gb",)
    assert find_mix(listed, "af_bella+nobody") is None
    assert find_mix(listed, "not a mix") is None


def test_a_mix_lies_between_its_parts(spec):
    styles = Styles(spec.path / "voices-null.bin")
    heart, _ = styles.of("af_heart")
    adam, _ = styles.of("am_adam")
    mixed, language = styles.of("af_heart(3)+am_adam(1)")
    assert mixed == pytest.approx(0.75 * heart + 0.25 * adam)
    assert language == "en-us"


@pytest.mark.parametrize("wanted", ["nobody", "", "af_heart+nobody", "+"])
def test_a_voice_that_is_not_there_is_refused(spec, wanted):
    with pytest.raises(VoiceNotFound):
        Styles(spec.path / "voices-null.bin").of(wanted)


def test_an_archive_that_is_none_has_no_voices_and_does_not_load(tmp_path):
    broken = tmp_path / "voices.bin"
    broken.write_bytes(b"half a download")
    assert voice_names(broken) == ()
    assert voice_names(tmp_path / "gone.bin") == ()
    with pytest.raises(ModelLoadFailed, match=r"voices\.bin"):
        Styles(broken)
