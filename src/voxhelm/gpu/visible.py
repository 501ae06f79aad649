"""Which of the machine's cards this server may use, as CUDA reads CUDA_VISIBLE_DEVICES."""

from collections.abc import Sequence


def visible_positions(visible: str | None, uuids: Sequence[str | None]) -> tuple[int, ...]:
    """The positions in `uuids`, in the order in which CUDA counts them.

    visible: the variable's value; None when it is not set, which means all. As in CUDA, the first entry that names no card ends the list.
    uuids: of all cards in the order of their slots; None where it is not known.
    """
    if visible is None:
        return tuple(range(len(uuids)))
    found: list[int] = []
    for entry in visible.split(","):
        position = _position(entry.strip(), uuids)
        if position is None or position in found:
            break
        found.append(position)
    return tuple(found)


def _position(entry: str, uuids: Sequence[str | None]) -> int | None:
    if entry.isascii() and entry.isdecimal():
        return int(entry) if int(entry) < len(uuids) else None
    matching = [position for position, uuid in enumerate(uuids) if entry and uuid is not None and uuid.startswith(entry)]
    return matching[0] if len(matching) == 1 else None
