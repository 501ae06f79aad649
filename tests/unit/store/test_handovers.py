import os
import stat

import pytest

from voxhelm.store.handovers import Handovers
from voxhelm.testing.clock import ManualClock


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def handovers(tmp_path, clock):
    return Handovers(tmp_path / "left", 60.0, clock.unix_seconds)


def test_a_piece_is_taken_once(handovers):
    handovers.leave("abc", b"session")
    assert handovers.take("abc") == b"session"
    assert handovers.take("abc") is None


def test_another_process_takes_what_one_left(handovers, tmp_path, clock):
    handovers.leave("abc", b"session")
    assert Handovers(tmp_path / "left", 60.0, clock.unix_seconds).take("abc") == b"session"


def test_what_was_never_left_is_not_there(handovers):
    assert handovers.take("abc") is None


def test_a_piece_that_is_too_old_is_not_given_out_and_is_gone(handovers, tmp_path, clock):
    handovers.leave("abc", b"session")
    clock.advance(60.0)
    assert handovers.take("abc") is None
    assert list((tmp_path / "left").iterdir()) == []


def test_what_nobody_came_for_is_deleted(handovers, tmp_path, clock):
    handovers.leave("old", b"1")
    clock.advance(59.0)
    handovers.leave("new", b"2")
    (tmp_path / "left" / "notes.txt").write_text("not ours")
    clock.advance(1.0)
    handovers.forget_old()
    assert sorted(path.name for path in (tmp_path / "left").iterdir()) == ["new.left", "notes.txt"]


def test_a_write_that_broke_off_is_deleted_too(handovers, tmp_path, clock):
    handovers.leave("abc", b"1")
    unfinished = tmp_path / "left" / ".0123"
    unfinished.write_bytes(b"half")
    os.utime(unfinished, (clock.unix_seconds() - 61, clock.unix_seconds() - 61))
    handovers.forget_old()
    assert not unfinished.exists()


def test_without_a_folder_there_is_nothing_to_forget(handovers):
    handovers.forget_old()


def test_only_the_user_may_read_it(handovers, tmp_path):
    handovers.leave("abc", b"session")
    folder = tmp_path / "left"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "abc.left").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_is_told(tmp_path, clock):
    (tmp_path / "left").write_text("a file")
    with pytest.raises(OSError, match="left"):
        Handovers(tmp_path / "left", 60.0, clock.unix_seconds).leave("abc", b"session")
