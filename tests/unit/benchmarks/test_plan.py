from dataclasses import replace

import pytest

from benchmarks.plan import NotMeasurable, Plan, servers, tree_of
from benchmarks.target import Target
from benchmarks.wire import Endpoint


async def test_the_process_of_a_local_server_is_found_by_its_port(target: Target) -> None:
    async with servers(Plan(targets=(replace(target, pid=None),), start=False)) as found:
        assert tree_of(found[0]) == target.pid


async def test_a_plan_without_a_server_says_what_to_give() -> None:
    with pytest.raises(NotMeasurable, match="--target"):
        async with servers(Plan(start=False)):
            pass


def test_a_server_elsewhere_has_no_process_here() -> None:
    with pytest.raises(NotMeasurable, match="--pid peer=PID"):
        tree_of(Target("peer", Endpoint("voice.example", 80)))
