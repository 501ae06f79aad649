"""Building an ONNX graph node by node."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

OPSET: Final = 17
# The oldest that has the opset, so that any ONNX Runtime of the last years reads the file.
IR_VERSION: Final = 8


class OnnxGraph:
    """A graph under construction. Values are known by name; sound and features have the shape (1, channels, steps)."""

    def __init__(self, seed: int = 0) -> None:
        """seed: of the random weights."""
        self._rng = np.random.default_rng(seed)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._count = 0
        self.parameters = 0

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return its name."""
        return self.nodes(operator, inputs, 1, **attributes)[0]

    def nodes(self, operator: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs and return their names."""
        from onnx import helper

        self._count += 1
        names = [f"{operator}_{self._count}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def constant(self, value: NDArray[Any] | Sequence[int]) -> str:
        """Add a constant; plain integers become 64 bits wide, as shapes and axes are."""
        from onnx import numpy_helper

        array = value if isinstance(value, np.ndarray) else np.array(value, dtype=np.int64)
        self._count += 1
        name = f"constant_{self._count}"
        self._weights.append(numpy_helper.from_array(array, name))
        return name

    def number(self, value: float) -> str:
        """Add a constant of one float."""
        return self.constant(np.array([value], np.float32))

    def weight(self, *shape: int, fan_in: int) -> str:
        """Add random weights that keep the size of what goes through them."""
        self.parameters += int(np.prod(shape))
        return self.constant((self._rng.standard_normal(shape, dtype=np.float32) / np.sqrt(fan_in)).astype(np.float32))

    def conv(self, x: str, shape: tuple[int, int, int], *, dilation: int = 1, groups: int = 1) -> str:
        """A convolution that keeps the number of steps. shape: channels out, channels in, kernel."""
        outgoing, incoming, kernel = shape
        weight = self.weight(outgoing, incoming // groups, kernel, fan_in=incoming // groups * kernel)
        pad = dilation * (kernel - 1) // 2
        bias = self.weight(outgoing, fan_in=100)
        return self.node("Conv", x, weight, bias, pads=[pad, pad], dilations=[dilation], group=groups, kernel_shape=[kernel])

    def layer_norm(self, x: str, channels: int) -> str:
        """Normalise over the channels."""
        self.parameters += 2 * channels
        scale, bias = self.constant(np.ones(channels, np.float32)), self.constant(np.zeros(channels, np.float32))
        across = self.node("Transpose", x, perm=[0, 2, 1])
        normal = self.node("LayerNormalization", across, scale, bias, axis=-1)
        return self.node("Transpose", normal, perm=[0, 2, 1])

    def write(self, path: Path, inputs: Mapping[str, tuple[Any, Sequence[str | int]]], outputs: Mapping[str, str]) -> None:
        """Check the graph and write it. inputs: numpy type and shape by name. outputs: the value that each name is to have."""
        import onnx
        from onnx import helper

        for name, value in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        takes = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape)
            for name, (kind, shape) in inputs.items()
        ]
        gives = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 1, 1, "samples"]) for name in outputs]
        graph = helper.make_graph(self._nodes, path.stem, takes, gives, self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
