import asyncio
from collections.abc import AsyncIterator

import miniaudio
import pytest

from voxhelm.cli.failure import CommandFailed
from voxhelm.cli.play import RATE_HZ, Player, open_player

NOWHERE = [miniaudio.Backend.NULL]


async def pieces(*lengths_samples: int) -> AsyncIterator[bytes]:
    for length in lengths_samples:
        yield b"\x01\x00" * length


async def test_what_is_given_is_played_to_its_end() -> None:
    taken = []

    class Recorder:
        """A device that asks for sound as miniaudio does, and keeps it."""

        stop_callback = None

        def start(self, supply):
            loop = asyncio.get_running_loop()

            def ask() -> None:
                taken.append(bytes(supply.send(480)))
                loop.call_soon(ask)

            loop.call_soon(ask)

    await Player(Recorder()).play(pieces(1_000, 700))
    played = b"".join(taken)
    assert played.strip(b"\0").count(b"\x01") == 1_700
    # All of it without a gap, and silence after it for as long as the device holds sound back.
    assert played.startswith(b"\x01\x00" * 1_700)
    assert len(played) - 3_400 >= 0.3 * RATE_HZ * 2


async def test_a_sample_cut_in_two_by_the_network_is_put_together() -> None:
    taken = []

    class Recorder:
        stop_callback = None

        def start(self, supply):
            self.supply = supply

    async def halves() -> AsyncIterator[bytes]:
        yield b"\x01\x02\x03"
        taken.append(device.supply.send(4))
        yield b"\x04"
        taken.append(device.supply.send(1))

    device = Recorder()
    playing = asyncio.ensure_future(Player(device).play(halves()))
    while not playing.done():
        await asyncio.sleep(0)
        if len(taken) == 2:
            device.supply.send(48_000)
    assert taken == [b"\x01\x02" + bytes(6), b"\x03\x04"]


async def test_a_real_device_of_the_null_kind_plays_and_is_given_back() -> None:
    with open_player(NOWHERE) as player:
        await player.play(pieces(2_400))


async def test_nothing_to_play_ends_at_once() -> None:
    with open_player(NOWHERE) as player:
        await player.play(pieces())


async def test_a_device_that_goes_away_is_told() -> None:
    class Vanishing:
        stop_callback = None

        def start(self, _supply):
            self.stop_callback()

    with pytest.raises(CommandFailed, match="gone away"):
        await Player(Vanishing()).play(pieces(2_400))


async def test_speech_that_is_made_faster_than_it_is_heard_waits_outside() -> None:
    given = 0

    class Still:
        stop_callback = None

        def start(self, _supply):
            pass

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield bytes(RATE_HZ * 2)

    playing = asyncio.create_task(Player(Still()).play(endless()))
    previous = -1
    while given != previous:
        previous = given
        await asyncio.sleep(0)
    playing.cancel()
    assert given == 20  # seconds


async def test_without_a_device_the_way_out_is_named() -> None:
    # JACK is compiled in, and no machine of ours runs it.
    with pytest.raises(CommandFailed, match=r"-o speech\.mp3"), open_player([miniaudio.Backend.JACK]):
        pass
