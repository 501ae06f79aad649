"""What the C library keeps of the memory that it was given back.

Codecs and sockets allocate by malloc, in pieces of any size and from many threads. glibc gives each thread an arena of its own, up to
eight for each processor, and returns what is freed inside them to the system only at their ends. So a server holds what its busiest moment
took, and a little more after the next one.
"""

import asyncio
import ctypes
from functools import cache
from typing import Final

# From <malloc.h>.
_M_ARENA_MAX: Final = -8
# So much that is free and not returned is worth a look through all of it.
WORTHWHILE_BYTES: Final = 24 * 1024 * 1024
EVERY_SECONDS: Final = 20.0


class Heap:
    """The heap of this process. Where the C library is not glibc nothing is done."""

    def __init__(self, library: ctypes.CDLL | None = None) -> None:
        """library: the C library; None for the one that we run on."""
        self._library = library or ctypes.CDLL(None)

    def share_arenas(self, count: int) -> bool:
        """Have threads that begin from now on share so many arenas. Returns whether that can be had."""
        return hasattr(self._library, "mallopt") and bool(self._library.mallopt(_M_ARENA_MAX, count))

    @property
    def free_bytes(self) -> int:
        """What is free and not returned; 0 where that is not told."""
        if not hasattr(self._library, "mallinfo2"):
            return 0
        ask = self._library.mallinfo2
        ask.restype = _facts()
        return int(ask().fordblks)

    def give_back(self) -> None:
        """Return it. It looks through all of the heap, in which time other threads of Python may go on."""
        if hasattr(self._library, "malloc_trim"):
            self._library.malloc_trim(ctypes.c_size_t(0))

    async def run(self) -> None:
        """Return what is worth it, again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if self.free_bytes >= WORTHWHILE_BYTES:
                await asyncio.to_thread(self.give_back)


@cache
def _facts() -> type[ctypes.Structure]:
    """`struct mallinfo2` of <malloc.h>."""
    names = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    return type("Mallinfo2", (ctypes.Structure,), {"_fields_": [(name, ctypes.c_size_t) for name in names]})
