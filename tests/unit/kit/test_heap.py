"""Memory that is free goes back to the system."""

import platform
import threading

import psutil
import pytest

from voxhelm.kit.heap import Heap

PIECES = 4_000
PIECE_BYTES = 40_000

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked")


class Silent:
    """A C library that can do nothing of this."""


def test_what_is_free_is_told_and_given_back():
    heap, process = Heap(), psutil.Process()
    kept = []

    def churn():
        pieces = [bytearray(PIECE_BYTES) for _ in range(PIECES)]
        # What stays behind is strewn over all of it, so that nothing is at an end.
        kept.extend(pieces[::200])

    thread = threading.Thread(target=churn)
    thread.start()
    thread.join()
    free_before, resident_before = heap.free_bytes, process.memory_info().rss
    assert free_before > PIECES * PIECE_BYTES / 2
    heap.give_back()
    assert process.memory_info().rss < resident_before - PIECES * PIECE_BYTES / 2
    assert kept


def test_arenas_can_be_shared():
    assert Heap().share_arenas(2)


def test_another_c_library_is_left_alone():
    heap = Heap(Silent())  # type: ignore[arg-type]
    assert not heap.share_arenas(2)
    assert heap.free_bytes == 0
    heap.give_back()
