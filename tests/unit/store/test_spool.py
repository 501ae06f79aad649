import pytest

from voxhelm.store.spool import Spool


@pytest.mark.parametrize("memory_bytes", [0, 5, 1_000])
def test_every_reader_reads_what_was_written_wherever_it_is(memory_bytes):
    spool = Spool(memory_bytes)
    spool.append(b"abc")
    assert spool.read(1, 10) == b"bc"
    assert spool.read(3) == b""
    spool.append(b"defgh")
    assert (spool.read(0, 4), spool.read(2, 3), spool.read(8)) == (b"abcd", b"cde", b"")
    assert b"".join(spool.pieces()) == b"abcdefgh"
    assert spool.size_bytes == 8
    spool.close()
    spool.close()
