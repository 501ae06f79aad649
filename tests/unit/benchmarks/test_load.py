from dataclasses import replace

from benchmarks.load import closed_loop
from benchmarks.server import free_port
from benchmarks.target import Target
from benchmarks.wire import Endpoint


async def test_every_request_is_sent_once_and_answered(target: Target) -> None:
    requests = [target.speech("x" * length, "mp3") for length in range(1, 11)]
    outcome = await closed_loop(target.endpoint, requests, 3, 30.0)
    assert sorted(reply.body_bytes for reply in outcome.replies) == [100 * length for length in range(1, 11)]
    assert outcome.failures == []
    assert outcome.rate == 10 / outcome.elapsed_seconds


async def test_refusals_and_replies_without_sound_do_not_count_as_answers(target: Target) -> None:
    for model, words in (("failing", "status 500: "), ("quiet", "hold no sound")):
        broken = replace(target, model=model)
        outcome = await closed_loop(target.endpoint, [broken.speech("x", "wav")] * 4, 2, 30.0)
        assert outcome.replies == []
        assert outcome.rate == 0
        assert len(outcome.failures) == 4
        assert words in outcome.failures[0]


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    outcome = await closed_loop(Endpoint("127.0.0.1", free_port()), [], 1, 1.0)
    assert outcome.failures[0].startswith("cannot connect")


async def test_a_spent_budget_ends_the_round(target: Target) -> None:
    outcome = await closed_loop(target.endpoint, [target.speech("x", "mp3")] * 50, 2, 0.0)
    assert len(outcome.replies) == 2
