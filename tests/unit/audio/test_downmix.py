import av
import numpy as np
import pytest

from tests.unit.audio.clips import tone
from voxhelm.audio.downmix import Downmixer
from voxhelm.domain.errors import AudioUnreadable


def frame(channels, layout, rate_hz=16_000):
    made = av.AudioFrame.from_ndarray(np.stack(channels, axis=1).reshape(1, -1).copy(), format="s16", layout=layout)
    made.sample_rate = rate_hz
    return made


def test_one_channel_is_left_as_it_is():
    sound = tone(0.1, 16_000)
    np.testing.assert_array_equal(Downmixer().mix(frame([sound], "mono")), sound)


def test_speech_in_the_centre_of_a_film_is_heard_better_than_what_is_behind():
    sound, silence = tone(0.1, 16_000), np.zeros(1_600, np.int16)
    centre = Downmixer().mix(frame([silence, silence, sound, silence, silence, silence], "5.1"))
    behind = Downmixer().mix(frame([silence, silence, silence, silence, sound, silence], "5.1"))
    assert np.abs(centre).max() > 1.3 * np.abs(behind).max() > 0


def test_the_layout_may_change_from_frame_to_frame():
    sound = tone(0.1, 16_000)
    downmixer = Downmixer()
    for channels, layout in [
        ([sound, sound], "stereo"),
        ([sound] * 3, "3 channels"),
        ([sound], "mono"),
        ([sound, sound], "stereo"),
    ]:
        np.testing.assert_allclose(downmixer.mix(frame(channels, layout)), sound, atol=1)


def test_the_rate_may_change_from_frame_to_frame():
    downmixer = Downmixer()
    for rate_hz in (16_000, 44_100, 8_000):
        sound = tone(0.1, rate_hz)
        np.testing.assert_allclose(downmixer.mix(frame([sound, sound], "stereo", rate_hz)), sound, atol=1)


def test_time_stamps_do_not_matter():
    sound = tone(0.1, 16_000)
    downmixer = Downmixer()
    for pts in (0, 10**12, -5, None):
        stamped = frame([sound, sound], "stereo")
        stamped.pts = pts
        assert len(downmixer.mix(stamped)) == len(sound)


@pytest.mark.parametrize("rate_hz", [0, 1, 3_999, 384_001])
def test_a_rate_that_cannot_be_is_refused(rate_hz):
    sound = tone(0.1, 16_000)
    with pytest.raises(AudioUnreadable, match="samples a second"):
        Downmixer().mix(frame([sound, sound], "stereo", rate_hz))
