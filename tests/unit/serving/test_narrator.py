"""The narrator around a speaker that is told when to go on."""

import asyncio
import threading
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.voices import ChosenVoice
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import EngineCrashed, QueueFull, VoiceNotFound
from voxhelm.domain.voice import Voice
from voxhelm.domain.word import Word
from voxhelm.serving.narration import AHEAD_BYTES
from voxhelm.serving.narrator import KeepOptions, Narrator
from voxhelm.serving.progress import Progress
from voxhelm.serving.speak import Reply, SpeechRequest
from voxhelm.serving.timeline import Timeline
from voxhelm.serving.world import World
from voxhelm.store.results import Results
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.clock import ManualClock

REQUEST = SpeechRequest("Hello there.", "fake-speech", "tone", AudioFormat.PCM)


class Puppet:
    """A speaker. `made` counts how often it began, `stopped` how often it was closed before its end."""

    def __init__(self, catalog):
        self.chosen = ChosenVoice(catalog.installed("fake-speech"), Voice("tone", "Tone", ("en-us",)), "en")
        self.made = 0
        self.stopped = 0
        self.failure = None
        self.breaks_off = None
        self.pieces = (b"one ", b"two ", b"three")
        self.egress_hosts = ()
        self.before = asyncio.Event()
        self.before.set()
        self.between = asyncio.Event()
        self.between.set()

    async def speak(self, request):
        self.made += 1
        await self.before.wait()
        if self.failure is not None:
            raise self.failure
        timeline = Timeline() if request.timed else None
        if timeline is not None:
            timeline.begin(0, "Hello there.", 0.0)
            timeline.add(Word("Hello", 0.0, 0.5, None, 0), 0.0)
            timeline.end(1.0)
        progress = Progress()
        return Reply(
            self.chosen,
            request.format,
            request.text,
            progress,
            self._chunks(progress),
            AsyncExitStack(),
            self.egress_hosts,
            ("x",),
            timeline,
            device="cuda:0",
            voice_ids=("tone", "voice_1"),
        )

    async def _chunks(self, progress):
        try:
            for piece in self.pieces:
                progress.audio_seconds += 1.0
                yield piece
                await self.between.wait()
            if self.breaks_off is not None:
                raise self.breaks_off
        except (GeneratorExit, asyncio.CancelledError):
            self.stopped += 1
            raise


@pytest.fixture
def voxhelm(tmp_path):
    return make_voxhelm(models={"isolation": "inline", "directory": tmp_path / "models"})


@pytest.fixture
def puppet(voxhelm):
    return Puppet(voxhelm.catalog)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def make(voxhelm, puppet, tmp_path, clock):
    opened = []

    def made(*settings, cloud=False, limit_bytes=1_000_000):
        results = Results(tmp_path / "results", limit_bytes, clock.unix_seconds)
        opened.append(results)
        world = World(voxhelm.catalog, tmp_path / "models", settings, (), clock)
        return Narrator(puppet, results, world, voxhelm.catalog, KeepOptions(cloud), voxhelm.services.metrics, silent_log())

    yield made
    for one in opened:
        one.close()


async def heard(narrator, request=REQUEST):
    reply = await narrator.speak(request)
    try:
        return reply.cache, b"".join([chunk async for chunk in reply.chunks])
    finally:
        await reply.aclose()
        await narrator.settle()


async def test_the_second_time_nothing_is_made_also_after_a_restart(make, puppet):
    assert await heard(make()) == ("miss", b"one two three")
    assert await heard(make()) == ("hit", b"one two three")
    assert puppet.made == 1


async def test_a_hit_knows_what_was_told_of_it(make):
    narrator = make()
    for outcome in ("miss", "hit"):
        reply = await narrator.speak(replace(REQUEST, timed=True))
        assert b"".join([chunk async for chunk in reply.chunks]) == b"one two three"
        await reply.aclose()
        await narrator.settle()
        assert reply.cache == outcome
        assert (reply.chosen.spec.id, reply.chosen.voice.id, reply.chosen.language) == ("fake-speech", "tone", "en")
        assert (reply.progress.audio_seconds, reply.text, reply.ignored) == (3.0, "Hello there.", ("x",))
        assert reply.device == "cuda:0"
        assert [word.text for word in reply.timeline.take()] == ["Hello"]
        (segment,) = reply.timeline.segments()
        assert (segment.text, segment.end_seconds, segment.words[0].end_seconds) == ("Hello there.", 1.0, 0.5)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello."},
        {"voice": "ton"},
        {"voice": None},
        {"model": "auto"},
        {"format": AudioFormat.WAV},
        {"speed": 1.1},
        {"timed": True},
        {"instructions": "whisper"},
    ],
)
async def test_whatever_bears_on_the_sound_is_a_part_of_the_key(make, puppet, other):
    narrator = make()
    await heard(narrator)
    assert (await heard(narrator, replace(REQUEST, **other)))[0] == "miss"


async def test_who_asks_and_how_a_letter_is_composed_is_not(make):
    narrator = make()
    await heard(narrator, replace(REQUEST, text=" Cafe\u0301 "))
    assert (await heard(narrator, replace(REQUEST, text="Caf\u00e9", caller=Caller("other", Priority.BATCH))))[0] == "hit"


async def test_other_settings_and_other_files_are_another_world(make, tmp_path, clock):
    await heard(make("a"))
    assert (await heard(make("b")))[0] == "miss"
    narrator = make("a")
    assert (await heard(narrator))[0] == "hit"
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "voice.onnx").write_bytes(b"x")
    clock.advance(5)
    assert (await heard(narrator))[0] == "miss"
    assert (await heard(narrator))[0] == "hit"


async def test_at_one_moment_it_is_made_once_and_everybody_hears_all_of_it(make, puppet):
    narrator = make()
    puppet.before.clear()
    waiting = [asyncio.create_task(heard(narrator)) for _ in range(5)]
    while puppet.made == 0:
        await asyncio.sleep(0)
    puppet.before.set()
    outcomes = await asyncio.gather(*waiting)
    assert puppet.made == 1
    # Who had not looked yet when it was done has found it.
    assert sorted({cache for cache, _ in outcomes} - {"hit", "joined"}) == ["miss"]
    assert [cache for cache, _ in outcomes].count("miss") == 1
    assert {sound for _, sound in outcomes} == {b"one two three"}


async def begun(narrator, puppet):
    """Two replies to the same request, of which only the first pieces are made."""
    puppet.between.clear()
    first = await narrator.speak(REQUEST)
    second = await narrator.speak(REQUEST)
    assert (first.cache, second.cache) == ("miss", "joined")
    return first, second


@pytest.mark.parametrize("leaver", [0, 1])
async def test_who_leaves_does_not_spoil_it_for_the_other(make, puppet, leaver):
    narrator = make()
    replies = await begun(narrator, puppet)
    await anext(replies[leaver].chunks)
    await replies[leaver].aclose()
    puppet.between.set()
    assert b"".join([chunk async for chunk in replies[1 - leaver].chunks]) == b"one two three"
    await replies[1 - leaver].aclose()
    await narrator.settle()
    assert (puppet.made, puppet.stopped) == (1, 0)
    assert (await heard(narrator))[0] == "hit"


async def test_when_all_have_left_the_work_stops_and_nothing_is_kept(make, puppet):
    narrator = make()
    for reply in await begun(narrator, puppet):
        await reply.aclose()
    assert puppet.stopped == 1
    puppet.between.set()
    assert await heard(narrator) == ("miss", b"one two three")


async def test_who_leaves_before_it_began_stops_it_too(make, puppet):
    narrator = make()
    puppet.before.clear()
    waiting = [asyncio.create_task(narrator.speak(REQUEST)) for _ in range(2)]
    while puppet.made == 0:
        await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    puppet.before.set()
    assert await heard(narrator) == ("miss", b"one two three")
    assert puppet.made == 2


async def test_what_breaks_off_is_told_to_everybody_and_not_kept(make, puppet):
    narrator = make()
    puppet.breaks_off = EngineCrashed("It died.")
    replies = await begun(narrator, puppet)
    puppet.between.set()
    for reply in replies:
        with pytest.raises(EngineCrashed):
            [chunk async for chunk in reply.chunks]
        await reply.aclose()
    puppet.breaks_off = None
    assert (await heard(narrator))[0] == "miss"


async def test_what_is_wrong_with_the_request_is_told_before_the_first_byte(make, puppet):
    puppet.failure = VoiceNotFound("There is no such voice.")
    with pytest.raises(VoiceNotFound):
        await make().speak(REQUEST)


async def test_the_place_in_line_of_the_first_is_not_that_of_who_joined(make, puppet):
    narrator = make()
    puppet.before.clear()
    waiting = [asyncio.create_task(heard(narrator)) for _ in range(2)]
    while puppet.made == 0:
        await asyncio.sleep(0)
    puppet.failure = QueueFull("Too many wait.")
    puppet.before.set()
    await asyncio.wait(waiting)
    assert puppet.made == 2


async def test_who_is_in_more_of_a_hurry_does_not_wait_in_somebody_elses_place(make, puppet):
    narrator = make()
    puppet.between.clear()
    slow = await narrator.speak(replace(REQUEST, caller=Caller(priority=Priority.BATCH)))
    quick = await narrator.speak(replace(REQUEST, caller=Caller(priority=Priority.REALTIME)))
    assert (slow.cache, quick.cache, puppet.made) == ("miss", "miss", 2)
    await slow.aclose()
    await quick.aclose()


async def test_a_caller_may_want_it_made_anew_and_not_kept(make, puppet):
    narrator = make()
    anew = replace(REQUEST, cached=False)
    assert [(await heard(narrator, one))[0] for one in (anew, REQUEST, anew)] == ["off", "miss", "off"]
    assert puppet.made == 3


@pytest.mark.parametrize(("cloud", "outcomes"), [(False, ["off", "off"]), (True, ["miss", "hit"])])
async def test_the_sound_of_a_cloud_is_kept_only_when_the_operator_says_so(make, puppet, cloud, outcomes):
    puppet.egress_hosts = ("cloud.example",)
    narrator = make(cloud=cloud)
    assert [(await heard(narrator))[0] for _ in range(2)] == outcomes


async def test_a_long_one_waits_for_who_listens_and_is_kept_whole(make, puppet):
    puppet.pieces = [bytes([number]) * 65_536 for number in range(40)]
    narrator = make(limit_bytes=100_000_000)
    reply = await narrator.speak(REQUEST)
    while reply.progress.audio_seconds * 65_536 < AHEAD_BYTES:
        await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    assert reply.progress.audio_seconds <= AHEAD_BYTES / 65_536 + 2
    assert b"".join([chunk async for chunk in reply.chunks]) == b"".join(puppet.pieces)
    await reply.aclose()
    await narrator.settle()
    assert await heard(narrator) == ("hit", b"".join(puppet.pieces))


async def test_a_disk_that_does_not_play_along_costs_the_memory_and_not_the_speech(make, tmp_path):
    (tmp_path / "results").write_text("a file where the folder should be")
    assert (await heard(make()))[1] == b"one two three"


async def test_a_voice_can_be_forgotten(make):
    narrator = make()
    await heard(narrator)
    await narrator.forget_voice("voice")
    assert (await heard(narrator))[0] == "hit"
    await narrator.forget_voice("voice_1")
    assert (await heard(narrator))[0] == "miss"


async def test_of_a_voice_that_was_forgotten_nothing_is_kept_that_was_under_way(make, puppet):
    narrator = make()
    first, second = await begun(narrator, puppet)
    await narrator.forget_voice("voice_1")
    puppet.between.set()
    for reply in (first, second):
        assert b"".join([chunk async for chunk in reply.chunks]) == b"one two three"
        await reply.aclose()
    await narrator.settle()
    assert (await heard(narrator))[0] == "miss"


async def test_nobody_waits_for_the_disk_and_who_asks_meanwhile_hears_what_was_made(make, puppet, monkeypatch):
    written, keep = threading.Event(), Results.keep

    def slowly(*arguments):
        written.wait(30)
        return keep(*arguments)

    monkeypatch.setattr(Results, "keep", slowly)
    narrator = make()
    for outcome in ("miss", "joined"):
        reply = await narrator.speak(REQUEST)
        assert (reply.cache, b"".join([chunk async for chunk in reply.chunks])) == (outcome, b"one two three")
        await reply.aclose()
    written.set()
    assert await heard(narrator) in {("joined", b"one two three"), ("hit", b"one two three")}
    assert (await heard(narrator), puppet.made) == (("hit", b"one two three"), 1)


async def test_what_happened_is_counted(make, voxhelm):
    narrator = make()
    for _ in range(2):
        await heard(narrator)
    counted = voxhelm.services.metrics.render().decode()
    assert 'voxhelm_cache_requests_total{outcome="miss"} 1.0' in counted
    assert 'voxhelm_cache_requests_total{outcome="hit"} 1.0' in counted
    assert "voxhelm_cache_bytes 13.0" in counted
