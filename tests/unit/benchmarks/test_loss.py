import pytest

from benchmarks.loss import BUFFERS, COLUMNS, ours, run, stock
from benchmarks.network_traces import FRAME_SECONDS, NETWORKS, losing, trace
from benchmarks.plan import Plan


@pytest.mark.parametrize("buffer", BUFFERS.values())
def test_without_losses_all_is_heard_in_order(buffer):
    outcome = buffer(trace(losing(0), 1, 200))
    numbers = [heard.number for heard in outcome.heard]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 196
    assert outcome.made_up_seconds == 0


def test_one_lost_packet_costs_the_other_buffer_more_than_itself():
    arrivals = [arrival for arrival in trace(losing(0), 1, 300) if arrival.number != 100]
    assert {heard.number for heard in ours(arrivals).heard} == set(range(300))
    lost_by_stock = set(range(280)) - {heard.number for heard in stock(arrivals).heard}
    assert 100 in lost_by_stock
    assert len(lost_by_stock) > 1


@pytest.mark.parametrize("network", NETWORKS.values())
def test_a_network_is_the_same_for_the_same_seed(network):
    assert trace(network, 3, 500) == trace(network, 3, 500)
    arrivals = trace(network, 3, 500)
    assert {arrivals[0].number} == {0}
    assert max(arrival.number for arrival in arrivals) == 499
    assert all(arrival.at_seconds >= arrival.number * FRAME_SECONDS for arrival in arrivals)


async def test_the_table_has_both_buffers_for_every_network():
    section = await run(Plan(rounds=2, seconds=10))
    assert section.table.columns == COLUMNS
    assert [row[:2] for row in section.table.rows] == [(network, buffer) for network in NETWORKS for buffer in BUFFERS]
    assert all(verdict.met for verdict in section.verdicts)
    assert len(section.verdicts) == 2
