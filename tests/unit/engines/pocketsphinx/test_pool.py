import threading

import pytest

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed, ShuttingDown
from voxhelm.engines.pocketsphinx.pool import DecoderPool


class Recorded:
    """Stands in for a decoder: the pool only lends and closes."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Factory:
    def __init__(self) -> None:
        self.made: list[Recorded] = []
        self.fail = False

    def __call__(self) -> Recorded:
        if self.fail:
            raise ModelLoadFailed("no memory")
        self.made.append(Recorded())
        return self.made[-1]


def test_one_caller_after_another_uses_one_decoder() -> None:
    make = Factory()
    pool = DecoderPool(make, limit=3)
    for _ in range(4):
        with pool.borrow():
            pass
    assert len(make.made) == 1


def test_callers_that_meet_get_decoders_of_their_own_up_to_the_limit() -> None:
    make = Factory()
    pool = DecoderPool(make, limit=2)
    with pool.borrow() as first, pool.borrow() as second:
        assert first is not second
        third: list[object] = []
        waiting = threading.Thread(target=lambda: third.append(borrow_once(pool)))
        waiting.start()
    waiting.join(10)
    assert third[0] in (first, second)
    assert len(make.made) == 2


def borrow_once(pool: DecoderPool) -> object:
    with pool.borrow() as decoder:
        return decoder


def test_a_decoder_that_failed_is_not_lent_again() -> None:
    make = Factory()
    pool = DecoderPool(make, limit=1)
    with pytest.raises(EngineFailed), pool.borrow():
        raise EngineFailed("lost")
    assert make.made[0].closed
    with pool.borrow() as decoder:
        assert decoder is make.made[1]


def test_a_second_decoder_that_cannot_be_made_fails_its_caller_only() -> None:
    make = Factory()
    pool = DecoderPool(make, limit=2)
    with pool.borrow():
        make.fail = True
        with pytest.raises(ModelLoadFailed), pool.borrow():
            pass
    with pool.borrow() as decoder:
        assert decoder is make.made[0]
    pool.close()


def test_closing_waits_for_the_lent_and_turns_away_the_rest() -> None:
    make = Factory()
    pool = DecoderPool(make, limit=1)
    lent, back, turned_away = threading.Event(), threading.Event(), threading.Event()

    def borrower() -> None:
        with pool.borrow():
            lent.set()
            assert back.wait(10)

    def latecomer() -> None:
        with pytest.raises(ShuttingDown), pool.borrow():
            pass
        turned_away.set()

    threads = [threading.Thread(target=borrower), threading.Thread(target=latecomer), threading.Thread(target=pool.close)]
    threads[0].start()
    assert lent.wait(10)
    threads[1].start()
    threads[2].start()
    assert turned_away.wait(10)
    assert not make.made[0].closed
    back.set()
    for thread in threads:
        thread.join(10)
    assert make.made[0].closed
