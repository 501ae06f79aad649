from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.domain.model import Placement
from voxhelm.engines.piper.load_options import LoadOptions
from voxhelm.engines.piper.network import open_network
from voxhelm.testing.models.piper_voice import FRAMES_PER_PHONEME, SAMPLES_PER_FRAME

SCALES = (0.667, 1.0, 0.8)


def opened(path, **settings):
    return open_network(path, Placement(), LoadOptions.read(settings))


def test_the_sound_is_as_loud_as_can_be_and_each_id_has_its_frames(voice_path):
    sound, frames = opened(voice_path).run([1, 0, 5, 0, 6, 0, 2], SCALES, 0)
    assert sound.dtype == np.int16
    assert np.abs(sound).max() == pytest.approx(32_767, abs=1)
    assert list(frames) == [0, 0, FRAMES_PER_PHONEME, 0, FRAMES_PER_PHONEME, 0, 0]
    assert len(sound) == 2 * FRAMES_PER_PHONEME * SAMPLES_PER_FRAME


def test_nothing_to_say_is_no_sound(voice_path):
    sound, _ = opened(voice_path).run([1, 0, 2], SCALES, 0)
    assert len(sound) == 0


def test_callers_get_their_own_sound(voice_path):
    network = opened(voice_path, threads="2")
    with ThreadPoolExecutor(8) as threads:
        made = threads.map(lambda count: (count, network.run([5] * count, SCALES, 0)[0]), list(range(1, 30)) * 3)
        assert all(len(sound) == count * FRAMES_PER_PHONEME * SAMPLES_PER_FRAME for count, sound in made)


def test_a_network_that_takes_something_else_is_no_voice(voice_path):
    network = onnx.load(voice_path)
    for one in (*network.graph.input, *network.graph.node):
        if getattr(one, "name", "") == "scales":
            one.name = "styles"
        if hasattr(one, "input"):
            one.input[:] = ["styles" if name == "scales" else name for name in one.input]
    onnx.save(network, voice_path)
    with pytest.raises(ModelLoadFailed, match="no Piper voice: it takes input, input_lengths, styles"):
        opened(voice_path)


def test_numbers_out_of_range_are_an_error_and_no_noise(voice_path):
    network = onnx.load(voice_path)
    for weights in network.graph.initializer:
        if list(weights.dims) == [1, 256]:
            weights.raw_data = np.full(256, np.nan, np.float32).tobytes()
    onnx.save(network, voice_path)
    with pytest.raises(EngineFailed, match="out of range"):
        opened(voice_path).run([5], SCALES, 0)
