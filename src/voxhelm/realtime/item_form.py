"""Items as the contract writes them."""

import base64
from typing import Any, Final

import msgspec

from voxhelm.realtime.item import Content, ContentKind, Item, ItemKind, Status
from voxhelm.realtime.refusal import EventRefused

LONGEST_ID_CHARACTERS: Final = 64
PARTS_OF: Final = {
    "user": ("input_text", "input_audio", "input_image"),
    "system": ("input_text",),
    "assistant": ("output_text",),
}


class _Part(msgspec.Struct):
    type: str
    text: str | None = None
    transcript: str | None = None
    audio: str | None = None
    image_url: str | None = None
    detail: str | None = None


class _Given(msgspec.Struct):
    type: str
    id: str | None = None
    role: str | None = None
    content: list[_Part] = []
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | None = None


def item_of(given: dict[str, Any], new_id: str, root: str = "item") -> Item:
    """The item that a client describes. new_id: for one without an id. Raises EventRefused."""
    try:
        read = msgspec.convert(given, _Given, strict=True)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        param = root + path.rstrip("`").replace("[...]", "")
        raise EventRefused("invalid_value", f"{param}: {text}.", param) from error
    if read.id is not None and not 0 < len(read.id) <= LONGEST_ID_CHARACTERS:
        raise EventRefused("invalid_value", f"{root}.id may have 1 to {LONGEST_ID_CHARACTERS} characters.", f"{root}.id")
    item_id = read.id or new_id
    if read.type == ItemKind.MESSAGE:
        return _message(read, item_id, root)
    if read.type == ItemKind.OUTPUT:
        call_id, output = _needed(read.call_id, f"{root}.call_id"), _needed(read.output, f"{root}.output")
        return Item(item_id, ItemKind.OUTPUT, call_id=call_id, output=output)
    if read.type == ItemKind.CALL:
        name, arguments = _needed(read.name, f"{root}.name"), _needed(read.arguments, f"{root}.arguments")
        return Item(item_id, ItemKind.CALL, call_id=read.call_id or item_id, name=name, arguments=arguments)
    known = ", ".join(kind.value for kind in ItemKind)
    raise EventRefused("invalid_value", f"{root}.type is '{read.type[:50]}'; items here are: {known}.", f"{root}.type")


def written(item: Item, *, with_audio: bool = False) -> dict[str, object]:
    """The item. with_audio: as `conversation.item.retrieve` wants it."""
    made: dict[str, object] = {"id": item.id, "object": "realtime.item", "type": item.kind.value, "status": item.status.value}
    if item.kind is ItemKind.CALL:
        return made | {"call_id": item.call_id, "name": item.name, "arguments": item.arguments}
    if item.kind is ItemKind.OUTPUT:
        return made | {"call_id": item.call_id, "output": item.output}
    return made | {"role": item.role, "content": [_written_part(part, with_audio=with_audio) for part in item.content]}


def _written_part(part: Content, *, with_audio: bool) -> dict[str, object]:
    made: dict[str, object] = {"type": part.kind.value}
    if part.kind in (ContentKind.INPUT_AUDIO, ContentKind.OUTPUT_AUDIO):
        made["transcript"] = part.text
        if with_audio and part.audio:
            made["audio"] = base64.b64encode(part.audio).decode()
            made["format"] = "pcm16"
    elif part.kind is ContentKind.INPUT_IMAGE:
        made |= {"image_url": part.image_url, "detail": part.detail or "auto"}
    else:
        made["text"] = part.text or ""
    return made


def _message(read: _Given, item_id: str, root: str) -> Item:
    role = _needed(read.role, f"{root}.role")
    if role not in PARTS_OF:
        raise EventRefused("invalid_value", f"{root}.role is '{role[:50]}'; it must be user, assistant or system.", f"{root}.role")
    parts = [_part(part, role, f"{root}.content[{index}]") for index, part in enumerate(read.content)]
    if not parts:
        raise EventRefused("missing_required_parameter", f"{root}.content is empty.", f"{root}.content")
    return Item(item_id, ItemKind.MESSAGE, role, Status.COMPLETED, parts)


def _part(part: _Part, role: str, root: str) -> Content:
    # The names of the beta, which say the same.
    kind = {"text": "output_text" if role == "assistant" else "input_text"}.get(part.type, part.type)
    if kind not in PARTS_OF[role]:
        why = " An assistant's sound cannot be given." if kind in ("audio", "output_audio") else ""
        message = f"{root}.type is '{part.type[:50]}'; in a message of the {role} it may be: {', '.join(PARTS_OF[role])}.{why}"
        raise EventRefused("invalid_value", message, f"{root}.type")
    if kind == ContentKind.INPUT_AUDIO:
        return _sound(part, root)
    if kind == ContentKind.INPUT_IMAGE:
        return Content(ContentKind.INPUT_IMAGE, image_url=_needed(part.image_url, f"{root}.image_url"), detail=part.detail)
    return Content(ContentKind(kind), _needed(part.text, f"{root}.text"))


def _sound(part: _Part, root: str) -> Content:
    if part.audio is None and part.transcript is None:
        raise EventRefused("missing_required_parameter", f"{root} has neither audio nor a transcript.", f"{root}.audio")
    try:
        data = base64.b64decode(part.audio or "", validate=True)
    except ValueError as error:
        raise EventRefused("invalid_base64", f"{root}.audio is not base64: {error}.", f"{root}.audio") from error
    if len(data) % 2:
        raise EventRefused("invalid_value", f"{root}.audio has an odd number of bytes; its samples have two.", f"{root}.audio")
    return Content(ContentKind.INPUT_AUDIO, part.transcript, bytearray(data), len(data) / 48)


def _needed(value: str | None, param: str) -> str:
    if value is None:
        raise EventRefused("missing_required_parameter", f"'{param}' is missing.", param)
    return value
