import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from voxhelm.cli.standard_input import PipedInput, readable_in_order
from voxhelm.domain.errors import Cancelled


@pytest.fixture
def pipe() -> Iterator[tuple[PipedInput, int]]:
    reading, writing = os.pipe()
    with PipedInput(reading) as piped:
        yield piped, writing
    os.close(reading)


def test_bytes_are_read_as_they_come(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    os.write(writing, b"abc")
    assert piped.read(100) == b"abc"
    os.write(writing, b"de")
    assert piped.read(1) == b"d"
    os.close(writing)
    assert piped.read(100) == b"e"
    assert piped.read(100) == b""


def test_the_head_is_read_again(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    os.write(writing, b"abcdef")
    assert piped.head(4) == b"abcd"
    os.close(writing)
    assert piped.read(3) == b"abc"
    assert piped.readall() == b"def"


def test_a_short_pipe_has_a_short_head(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    os.write(writing, b"ab")
    os.close(writing)
    assert piped.head(12) == b"ab"


def test_a_reader_that_waits_for_ever_can_be_freed(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    raised: list[BaseException] = []

    def read() -> None:
        try:
            piped.read(1)
        except Cancelled as error:
            raised.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    piped.stop()
    reader.join()
    os.close(writing)
    assert len(raised) == 1


def test_an_mp4_from_a_pipe_is_copied_so_that_it_can_be_gone_back_in(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    data = b"\0\0\0\x18ftypM4A " + bytes(1_000)
    os.write(writing, data)
    os.close(writing)
    with readable_in_order(piped) as recording:
        assert recording.seekable()
        assert recording.read() == data


def test_anything_else_is_heard_while_it_comes(pipe: tuple[PipedInput, int]) -> None:
    piped, writing = pipe
    os.write(writing, b"RIFF\0\0\0\0WAVEfmt ")
    with readable_in_order(piped) as recording:
        assert recording is piped
    os.close(writing)


def test_a_redirected_file_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\0\0\0\x18ftypM4A ")
    with path.open("rb") as file, readable_in_order(file) as recording:
        assert recording is file
