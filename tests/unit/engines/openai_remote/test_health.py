import pytest

from voxhelm.domain.errors import Unavailable
from voxhelm.engines.openai_remote.health import Health
from voxhelm.kit.breaker import Breaker
from voxhelm.testing.clock import ManualClock


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def health(clock):
    return Health("chatterbox", clock, Breaker(tolerated_failures=1, pause_seconds=5.0))


def test_a_server_that_fails_is_left_alone_and_says_until_when(health, clock):
    health.begin()
    health.failed()
    clock.advance(2.0)
    with pytest.raises(Unavailable, match="chatterbox") as caught:
        health.begin()
    assert caught.value.retry_after_seconds == pytest.approx(3.0)


def test_after_the_pause_one_caller_tries(health, clock):
    health.begin()
    health.failed()
    clock.advance(5.0)
    health.begin()
    with pytest.raises(Unavailable):
        health.begin()
    health.abandoned()
    health.begin()
    health.succeeded()
    health.begin()
