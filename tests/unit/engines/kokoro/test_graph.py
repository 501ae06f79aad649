import json

import numpy as np
import onnx
import onnxruntime
import pytest

from voxhelm.domain.errors import DeviceUnusable, ModelLoadFailed
from voxhelm.domain.model import Placement
from voxhelm.engines.kokoro.graph import open_graph, read_vocabulary
from voxhelm.testing.models.kokoro import SAMPLES_PER_TOKEN, write_kokoro

STYLE = np.full((1, 256), 2, np.float32)


@pytest.mark.parametrize("tokens_input", ["tokens", "input_ids"])
def test_both_names_of_the_input_are_understood(tmp_path, tokens_input):
    folder = write_kokoro(tmp_path, tokens_input=tokens_input)
    graph = open_graph(folder / "kokoro-null.onnx", Placement(), {})
    assert len(graph.run([1, 2, 3], STYLE, 1.0)) == 5 * SAMPLES_PER_TOKEN
    assert len(graph.run([1, 2, 3], STYLE, 2.0)) == 5 * SAMPLES_PER_TOKEN // 2
    assert graph.follows_speed
    assert graph.vocabulary is None


def test_a_vocabulary_inside_the_network_is_found(tmp_path):
    path = write_kokoro(tmp_path) / "kokoro-null.onnx"
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"kokoro_config": json.dumps({"vocab": {"a": 43}})})
    onnx.save(model, path)
    assert open_graph(path, Placement(), {}).vocabulary == {"a": 43}


def test_another_network_is_refused(models, tmp_path):
    path = write_kokoro(tmp_path) / "kokoro-null.onnx"
    model = onnx.load(path)
    model.graph.input[1].name = "style"
    model.graph.input[0].name = "something"
    for node in model.graph.node:
        node.input[:] = ["something" if name == "input_ids" else name for name in node.input]
    onnx.save(model, path)
    with pytest.raises(ModelLoadFailed, match="something"):
        open_graph(path, Placement(), {})


def test_a_device_that_the_runtime_cannot_use_says_what_to_install(spec):
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime can use a GPU")
    with pytest.raises(DeviceUnusable, match="onnxruntime-gpu"):
        open_graph(spec.path / "kokoro-null.onnx", Placement("cuda:0"), {})


def test_a_configuration_without_a_vocabulary_has_none_and_a_damaged_one_is_told():
    assert read_vocabulary('{"model_type": "style_text_to_speech_2"}') is None
    for damaged in ("{", "[]", '{"vocab": {"a": "x"}}'):
        with pytest.raises(ModelLoadFailed, match="vocabulary"):
            read_vocabulary(damaged)
