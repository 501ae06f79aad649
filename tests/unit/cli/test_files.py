import os
import stat
import threading
from pathlib import Path

import pytest

from voxhelm.cli.files import whole_file


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"
    with whole_file(target) as file:
        file.write(b"sound")
        assert not target.exists()
    assert target.read_bytes() == b"sound"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp3"]


def test_a_failure_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), whole_file(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp3"]


def test_permissions_are_those_of_any_new_file_or_of_the_replaced_one(tmp_path: Path) -> None:
    plain, new, kept = tmp_path / "plain", tmp_path / "new", tmp_path / "kept"
    plain.touch()
    kept.touch(0o600)
    for target in (new, kept):
        with whole_file(target) as file:
            file.write(b"x")
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with whole_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as file:
        file.write(b"sound")
    reader.join()
    assert read == [b"sound"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_is_missing_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "a.mp3"
    with pytest.raises(FileNotFoundError) as caught, whole_file(target):
        pass
    assert caught.value.filename == str(target)
