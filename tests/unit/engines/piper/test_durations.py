import onnx
import pytest
from onnx import TensorProto, helper

from voxhelm.engines.piper.durations import with_durations


def model(*operators):
    nodes, value = [], "x"
    for number, operator in enumerate(operators):
        nodes.append(helper.make_node(operator, [value], [f"v{number}"]))
        value = f"v{number}"
    nodes.append(helper.make_node("Identity", [value], ["y"]))
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    weights = helper.make_tensor("weights", TensorProto.FLOAT, [300], [0.5] * 300)
    return helper.make_model(helper.make_graph(nodes, "graph", [x], [y], [weights])).SerializeToString()


def outputs(data):
    return [output.name for output in onnx.load_model_from_string(data).graph.output]


def test_what_is_rounded_up_becomes_an_output():
    changed, name = with_durations(model("Relu", "Ceil", "Relu"))
    assert name == "v1"
    assert outputs(changed) == ["y", "v1"]
    assert len(onnx.load_model_from_string(changed).graph.node) == 4


def test_an_output_that_is_there_stays_the_only_one():
    changed, _ = with_durations(model("Ceil"))
    again, name = with_durations(changed)
    assert again == changed
    assert name == "v0"


@pytest.mark.parametrize("operators", [("Relu",), ("Ceil", "Ceil")], ids=["nowhere", "twice"])
def test_without_one_single_place_nothing_is_changed(operators):
    data = model(*operators)
    assert with_durations(data) == (data, None)


@pytest.mark.parametrize("data", [b"not an onnx file", b"\x3a\xff\xff\x03", b"\xff" * 20, b"\x3a"])
def test_what_is_no_network_is_refused(data):
    with pytest.raises(ValueError, match=r"ends in the middle|unknown kind"):
        with_durations(data)


def test_a_file_that_is_cut_off_does_no_harm_and_is_mostly_refused():
    data = model("Relu", "Ceil")
    refused = 0
    for length in range(1, len(data) - 1):
        try:
            with_durations(data[:length])
        except ValueError:
            refused += 1
    assert refused > len(data) / 2
