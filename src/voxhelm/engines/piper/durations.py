"""Finding, in the file of a network, where it decides how long each phoneme lasts.

Piper's voices compute it and keep it for themselves; only few are exported with it as an output. The file is a protocol buffer, in which
fields are numbered and a message that comes twice is merged: so an output can be added by appending a few bytes, and it is found by reading
nothing but the heads of the nodes.
"""

from collections.abc import Iterator
from typing import Final

# Numbers of fields in ModelProto, GraphProto, NodeProto and ValueInfoProto of onnx.proto.
MODEL_GRAPH: Final = 7
GRAPH_NODE: Final = 1
GRAPH_OUTPUT: Final = 12
NODE_OUTPUT: Final = 2
NODE_OPERATOR: Final = 4
VALUE_NAME: Final = 1

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def with_durations(model: bytes) -> tuple[bytes, str | None]:
    """`model` with one more output, and its name; unchanged and None when no single place of it rounds up.

    Rounding up is what a network of this kind does once: from the length of a phoneme to whole frames. Raises ValueError for a
    file that is no protocol buffer.
    """
    rounded, outputs = set(), set()
    for graph in _fields(memoryview(model), MODEL_GRAPH):
        for node in _fields(graph, GRAPH_NODE):
            if b"Ceil" in _texts(node, NODE_OPERATOR):
                rounded |= _texts(node, NODE_OUTPUT)
        for output in _fields(graph, GRAPH_OUTPUT):
            outputs |= _texts(output, VALUE_NAME)
    if len(rounded) != 1:
        return model, None
    name = rounded.pop()
    if name in outputs:
        return model, name.decode()
    return model + _field(MODEL_GRAPH, _field(GRAPH_OUTPUT, _field(VALUE_NAME, name))), name.decode()


def _texts(message: memoryview, number: int) -> set[bytes]:
    return {bytes(value) for value in _fields(message, number)}


def _fields(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The values of a field, for fields of bytes, texts and messages."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == VARINT:
            _, at = _varint(message, at)
            continue
        if kind == BYTES:
            length, at = _varint(message, at)
        elif kind in (FIXED_32, FIXED_64):
            length = 4 if kind == FIXED_32 else 8
        else:
            raise ValueError(f"byte {at} begins a field of the unknown kind {kind}")
        if at + length > len(message):
            raise ValueError("it ends in the middle of a field")
        if key >> 3 == wanted and kind == BYTES:
            yield message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("it ends in the middle of a number")


def _field(number: int, value: bytes) -> bytes:
    return _number(number << 3 | BYTES) + _number(len(value)) + value


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
