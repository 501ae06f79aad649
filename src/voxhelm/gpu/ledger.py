"""How much of a card our models may hold, and what they do hold: pure conclusions from looks at it."""

from typing import Final

from voxhelm.gpu.card import Card

# What a process held comes back to within this part; the rest is what other processes do in the meantime.
RETURNED_SHARE: Final = 0.8


def budget_bytes(card: Card, held_bytes: int, named_bytes: int | None) -> int | None:
    """The most all our models together may hold on a card; None when nobody knows, and then nothing may be put there.

    held_bytes: what they hold of what is in use now. named_bytes: the operator's limit. Who else uses the card keeps what they have.
    """
    if card.free_bytes is None:
        return named_bytes
    measured_bytes = card.free_bytes + held_bytes
    return measured_bytes if named_bytes is None else min(named_bytes, measured_bytes)


def difference_bytes(before: tuple[Card, Card], after: tuple[Card, Card]) -> int | None:
    """What one load took, from two looks before it and two after it; None unless nothing else has changed.

    For processes that the driver does not call by the ids we know, as in a container. The card must have stood still before and after, and
    of the processes that it lists no more than one may be new, and none of the others another size.
    """
    used = [card.used_bytes for card in (*before, *after)]
    if None in used or used[0] != used[1] or used[2] != used[3]:
        return None
    was, now = before[1].bytes_by_process, after[0].bytes_by_process
    if was is None or now is None or len(now.keys() - was.keys()) > 1 or any(now.get(one) != size for one, size in was.items()):
        return None
    grown_bytes = (after[0].used_bytes or 0) - (before[1].used_bytes or 0)
    return grown_bytes if grown_bytes > 0 else None


def has_returned(before: Card, now: Card, process_id: int | None, held_bytes: int | None) -> bool | None:
    """Whether what a process held is free again; None when that cannot be known.

    before: while it was there. held_bytes: what it held, if that is known.
    What other processes took since is not held against it, as far as it is told.
    """
    if now.bytes_by_process is not None and process_id in now.bytes_by_process:
        return False
    if before.free_bytes is None or now.free_bytes is None or held_bytes is None:
        return None
    was, listed = before.bytes_by_process or {}, now.bytes_by_process or {}
    others_bytes = sum((listed[one] or 0) - (was.get(one) or 0) for one in listed)
    return now.free_bytes + max(0, others_bytes) >= before.free_bytes + RETURNED_SHARE * held_bytes
