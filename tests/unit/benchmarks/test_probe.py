import pytest

from benchmarks.probe import probe, probed
from benchmarks.wire import Endpoint, ReplyBroken
from tests.conftest import Server


def at(server: Server) -> Endpoint:
    return Endpoint("127.0.0.1", int(server.url.rpartition(":")[2]))


async def test_health_is_asked_until_the_time_is_over(server: Server) -> None:
    taken = await probe(at(server), 0.25)
    assert 2 <= len(taken) <= 3
    assert all(0 < seconds < 5 for seconds in taken)


async def test_it_is_asked_from_another_process_too(server: Server) -> None:
    assert len(await probed(at(server), 0.15)) >= 1


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ReplyBroken, match="could not be asked"):
        await probed(Endpoint("127.0.0.1", 9), 0.1)
