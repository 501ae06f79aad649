from benchmarks import ceiling
from benchmarks.wire import Request


async def test_the_client_alone_gets_whole_replies() -> None:
    alone = await ceiling.measure(Request("/", b"{}"), 5000, (1, 3), 12)
    assert {clients: [reply.body_bytes for reply in outcome.replies] for clients, outcome in alone.items()} == {
        1: [5000] * 12,
        3: [5000] * 12,
    }
