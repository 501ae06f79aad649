import asyncio

from voxhelm.kit.clock import SystemClock
from voxhelm.kit.mailbox import Mailbox


async def test_messages_are_handled_in_order_and_then_it_ends():
    handled = []
    mailbox = Mailbox(SystemClock())
    for number in range(5):
        mailbox.post(number)
    mailbox.close()

    def handle(message):
        handled.append(message)

    await mailbox.run(handle)
    assert handled == [None, 0, 1, 2, 3, 4]


async def test_a_wake_up_comes_without_a_message():
    clock = SystemClock()
    mailbox = Mailbox(clock)
    woken = asyncio.Event()
    calls = []

    def handle(message):
        calls.append(message)
        if len(calls) == 1:
            return clock.monotonic_seconds() + 0.01
        woken.set()
        return None

    running = asyncio.create_task(mailbox.run(handle))
    await asyncio.wait_for(woken.wait(), 5)
    mailbox.close()
    await running
    assert calls == [None, None]
