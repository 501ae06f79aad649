"""Pulling from a hub that fails in every way it can: the models directory holds the whole model or none, and the next pull completes."""

import asyncio
import hashlib
import json
import random
import subprocess
import sys
from contextlib import aclosing, suppress

import pytest

from tests.unit.catalog import hub_server
from tests.unit.catalog.hub_server import FakeHub
from voxhelm.catalog import disk
from voxhelm.catalog.hub_access import HubAccess
from voxhelm.catalog.manifest import MANIFEST, faults_of, read_manifest
from voxhelm.catalog.pull import Puller
from voxhelm.catalog.shelf import WORKSHOP, Shelf
from voxhelm.domain.errors import (
    DiskFull,
    DownloadDamaged,
    HubForbidden,
    HubOffline,
    HubUnavailable,
    ModelExists,
    ModelNotFound,
    ModelUnsuited,
)
from voxhelm.domain.pull import PullDone, PullProgress, PullWaiting

STEM = "bg_BG-dimitar-medium"
FOLDER = "bg/bg_BG/dimitar/medium"
ONNX = f"{FOLDER}/{STEM}.onnx"
WEIGHTS = random.Random(1).randbytes(3 << 20)
VOICE = {
    ONNX: WEIGHTS,
    f"{ONNX}.json": b'{"audio": {}}',
    f"{FOLDER}/MODEL_CARD": b"MIT",
    f"{FOLDER}/samples/a.mp3": b"no",
    "voices.json": b"{}",
}
TINY = {
    "config.json": b"{}",
    "model.bin": WEIGHTS[: 1 << 20],
    "tokenizer.json": b"[]",
    "README.md": b"hello",
    ".gitattributes": b"x",
}


@pytest.fixture
def hub():
    with hub_server.hub_server() as one:
        one.files = {"rhasspy/piper-voices": dict(VOICE), "Systran/faster-whisper-tiny": dict(TINY)}
        yield one


@pytest.fixture
def scene(hub, tmp_path):
    class Scene:
        shelf = Shelf(tmp_path / "models")

        def __init__(self):
            self.hub = hub
            self.pauses = []

        async def pause(self, seconds):
            self.pauses.append(seconds)

        def puller(self, **access):
            stall_seconds = access.pop("stall_seconds", 20.0)
            return Puller(
                self.shelf, HubAccess(hub.url, **access), lambda: 1_790_000_000.0, pause=self.pause, stall_seconds=stall_seconds
            )

        async def pull(self, name=STEM, *, puller=None, **how):
            async with aclosing((puller or self.puller()).pull(name, **how)) as events:
                return [event async for event in events]

        @property
        def folder(self):
            return self.shelf.folder("piper", STEM)

        async def some_of_it(self):
            """Wait until a pull under way has written something; where to."""
            part = self.shelf.staging("piper", STEM) / f"{STEM}.onnx.part"
            while not (part.exists() and part.stat().st_size):
                await asyncio.sleep(0.01)
            return part

        def require_nothing(self):
            """No model, nor anything that an engine could take for one."""
            found = [path for path in self.shelf.directory.rglob("*") if WORKSHOP not in path.parts]
            assert [path for path in found if path.is_file()] == []

        def require_whole(self):
            assert {path.name: path.read_bytes() for path in self.folder.iterdir() if path.name != MANIFEST} == {
                f"{STEM}.onnx": WEIGHTS,
                f"{STEM}.onnx.json": VOICE[f"{ONNX}.json"],
                "MODEL_CARD": b"MIT",
            }
            assert faults_of(self.folder, read_manifest(self.folder)) == ()
            assert not self.shelf.staging("piper", STEM).exists()

    return Scene()


async def test_a_voice_is_pulled_by_its_stem_with_progress_and_a_manifest(scene):
    events = await scene.pull("piper:" + STEM)
    scene.require_whole()
    total = sum(len(VOICE[f"{FOLDER}/{name}"]) for name in (f"{STEM}.onnx", f"{STEM}.onnx.json", "MODEL_CARD"))
    assert events[-1] == PullDone(STEM, "piper", total, changed=True)
    progress = [event for event in events if isinstance(event, PullProgress)]
    assert [event.received_bytes for event in progress] == sorted(event.received_bytes for event in progress)
    assert progress[-1].received_bytes == progress[-1].total_bytes == total
    assert any(0 < event.received_bytes < total for event in progress)
    manifest = json.loads((scene.folder / MANIFEST).read_text())
    assert manifest["origin"] == {
        "hub": scene.hub.url,
        "repository": "rhasspy/piper-voices",
        "revision": "main",
        "commit": scene.hub.commit,
        "folder": FOLDER,
    }
    assert manifest["installed_at"] == "2026-09-21T14:13:20+00:00"
    assert {"name": f"{STEM}.onnx", "size_bytes": len(WEIGHTS), "sha256": hashlib.sha256(WEIGHTS).hexdigest()} in manifest["files"]
    assert scene.pauses == []


async def test_any_id_of_the_hub_is_pulled_and_only_what_its_engine_wants(scene):
    for name in ("Systran/faster-whisper-tiny", "whisper-tiny"):
        done = (await scene.pull(name))[-1]
        assert (done.model_id, done.engine) == ("faster-whisper-tiny", "faster-whisper")
    folder = scene.shelf.folder("faster-whisper", "faster-whisper-tiny")
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.bin", "tokenizer.json", MANIFEST}
    assert not done.changed


async def test_what_is_installed_is_not_asked_for_again(scene):
    await scene.pull()
    scene.hub.seen.clear()
    assert (await scene.pull())[-1].changed is False
    assert scene.hub.seen == []


async def test_an_update_asks_and_replaces_only_what_is_newer(scene):
    await scene.pull()
    assert (await scene.pull(update=True))[-1].changed is False
    scene.hub.files["rhasspy/piper-voices"][ONNX] = newer = WEIGHTS[::-1]
    scene.hub.commit = "f00d" * 10
    assert (await scene.pull())[-1].changed is False
    assert (await scene.pull(update=True))[-1].changed is True
    assert (scene.folder / f"{STEM}.onnx").read_bytes() == newer
    assert read_manifest(scene.folder).origin["commit"] == "f00d" * 10
    assert not list(scene.shelf.directory.glob(f"{WORKSHOP}/**/*.old"))


async def test_a_damaged_installation_is_mended_by_pulling_again(scene):
    await scene.pull()
    (scene.folder / f"{STEM}.onnx").write_bytes(WEIGHTS[:5])
    assert (await scene.pull())[-1].changed is True
    scene.require_whole()


@pytest.mark.parametrize(
    "fault",
    [
        hub_server.dies_after(0),
        hub_server.dies_after(1_500_000),
        hub_server.ignores_ranges,
        hub_server.ends_early_without_saying(1_500_000),
        hub_server.says_another_length(len(WEIGHTS) + 7),
        hub_server.sends(WEIGHTS[::-1]),
        hub_server.sends(WEIGHTS + b"and more"),
        hub_server.answers(429, retry_after="3"),
        hub_server.answers(503),
        hub_server.answers(416),
    ],
    ids=lambda fault: fault.__qualname__,
)
async def test_one_fault_is_survived_at_once(scene, fault):
    scene.hub.faults.append(fault)
    await scene.pull()
    scene.require_whole()


async def test_after_a_break_only_the_rest_is_asked_for(scene):
    scene.hub.faults.append(hub_server.dies_after(1_500_000))
    await scene.pull()
    first, second = scene.hub.fetches(f"{STEM}.onnx")
    assert "range" not in first.headers
    assert second.headers["range"] == "bytes=1500000-"
    assert second.headers["if-range"]


async def test_a_file_that_changes_in_the_middle_is_begun_anew(scene):
    before = random.Random(2).randbytes(len(WEIGHTS))
    scene.hub.faults.append(lambda handler, _data: handler.send_bytes(before, 1_000_000))
    await scene.pull()
    scene.require_whole()
    _, second = scene.hub.fetches(f"{STEM}.onnx")
    assert second.headers["range"] == "bytes=1000000-"


async def test_a_server_that_stalls_is_left_and_asked_for_the_rest(scene):
    scene.hub.faults.append(hub_server.stalls_after(1_000_000))
    await scene.pull(puller=scene.puller(stall_seconds=0.2))
    scene.require_whole()
    assert scene.hub.fetches(f"{STEM}.onnx")[1].headers["range"] == "bytes=1000000-"


async def test_the_time_that_a_busy_server_asks_for_is_waited(scene):
    scene.hub.listing_statuses.append((429, {"retry-after": "7"}))
    await scene.pull()
    assert scene.pauses == [7.0]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (hub_server.dies_after(0), HubUnavailable),
        (hub_server.answers(500), HubUnavailable),
        (hub_server.answers(418), HubUnavailable),
        (hub_server.answers(429, retry_after="86400"), HubUnavailable),
        (hub_server.leads_in_circles, HubUnavailable),
        (hub_server.answers(403), HubForbidden),
        (hub_server.answers(404), ModelNotFound),
        (hub_server.ends_early_without_saying(1_500_000), DownloadDamaged),
        (hub_server.says_another_length(len(WEIGHTS) + 7), DownloadDamaged),
        (hub_server.sends(WEIGHTS[::-1]), DownloadDamaged),
        (hub_server.sends(WEIGHTS + b"and more"), DownloadDamaged),
    ],
)
async def test_a_fault_that_stays_is_told_and_leaves_nothing_and_the_next_pull_completes(scene, fault, error):
    scene.hub.faults.extend([fault] * 20)
    with pytest.raises(error) as told:
        await scene.pull()
    assert "very-secret" not in told.value.message
    scene.require_nothing()
    scene.hub.faults.clear()
    await scene.pull()
    scene.require_whole()


async def test_what_came_before_a_hub_gave_up_is_kept(scene):
    scene.hub.faults.extend([hub_server.dies_after(2_000_000), *[hub_server.answers(500)] * 20])
    with pytest.raises(HubUnavailable, match="kept"):
        await scene.pull()
    scene.hub.faults.clear()
    scene.hub.seen.clear()
    await scene.pull()
    scene.require_whole()
    assert [one.headers["range"] for one in scene.hub.fetches(f"{STEM}.onnx")] == ["bytes=2000000-"]


async def test_a_list_that_lies_about_sizes_installs_nothing(scene):
    for size in (5, len(WEIGHTS) + 5):
        scene.hub.listed_sizes[ONNX] = size
        with pytest.raises(DownloadDamaged, match="lists"):
            await scene.pull()
        scene.require_nothing()
    scene.hub.listed_sizes.clear()
    await scene.pull()
    scene.require_whole()


async def test_a_hub_without_checksums_or_etags_is_believed_only_whole(scene):
    scene.hub.checksums = scene.hub.etags = False
    scene.hub.faults.append(hub_server.dies_after(1_000_000))
    puller = scene.puller()
    async with aclosing(puller.pull(STEM)) as events:
        async for event in events:
            if isinstance(event, PullProgress) and event.received_bytes:
                break
    scene.require_nothing()
    await scene.pull()
    scene.require_whole()


@pytest.mark.parametrize("status", [500, 429])
async def test_a_list_is_asked_for_again(scene, status):
    scene.hub.listing_statuses.extend([(status, {})] * 3)
    await scene.pull()
    scene.require_whole()
    assert len(scene.pauses) == 3


async def test_a_long_list_comes_in_pages(scene):
    scene.hub.page = 1
    await scene.pull("Systran/faster-whisper-tiny")
    assert scene.shelf.find("faster-whisper-tiny") is not None


async def test_a_voice_that_is_not_there_is_told_which_one_was_meant(scene):
    with pytest.raises(ModelNotFound, match=f"Did you mean '{STEM}'"):
        await scene.pull("piper:bg_BG-dimitr-medium")


@pytest.mark.parametrize("name", ["nobody/nothing", "Systran/faster-whisper-tiny@v9"])
async def test_what_the_hub_has_not_is_told(scene, name):
    with pytest.raises(ModelNotFound, match="has no"):
        await scene.pull(name)


async def test_a_repository_without_a_model_is_told(scene):
    scene.hub.files["owner/papers"] = {"README.md": b"read"}
    with pytest.raises(ModelUnsuited, match="there is README"):
        await scene.pull("owner/papers")


async def test_a_token_goes_to_the_hub_and_nowhere_else(scene):
    scene.hub.token = "hf_tell_nobody"
    with pytest.raises(HubForbidden, match="HF_TOKEN"):
        await scene.pull()
    with pytest.raises(HubForbidden) as told:
        await scene.pull(puller=scene.puller(token="hf_wrong"))
    assert "hf_wrong" not in told.value.message
    access = HubAccess(scene.hub.url, token="hf_tell_nobody")
    assert "hf_tell_nobody" not in repr(access)
    await scene.pull(puller=scene.puller(token="hf_tell_nobody"))
    scene.require_whole()


async def test_a_token_does_not_follow_a_redirect_to_another_host(scene):
    with hub_server.hub_server() as elsewhere:
        elsewhere.files = scene.hub.files
        scene.hub.faults.clear()
        scene.hub.to_cdn = False
        lead = lambda handler, _data: handler.reply(302, b"", {"location": f"{elsewhere.url}/cdn/rhasspy/piper-voices/{ONNX}"})  # noqa: E731
        scene.hub.faults.append(lead)
        await scene.pull(puller=scene.puller(token="hf_tell_nobody"))
        assert [one for one in elsewhere.seen if "authorization" in one.headers] == []
        assert len(elsewhere.fetches(f"{STEM}.onnx")) == 1
    scene.require_whole()


async def test_offline_asks_nobody_and_takes_what_is_there(scene):
    with pytest.raises(HubOffline, match="--from"):
        await scene.pull(puller=scene.puller(offline=True))
    assert scene.hub.seen == []
    await scene.pull()
    scene.hub.seen.clear()
    assert (await scene.pull(puller=scene.puller(offline=True)))[-1].changed is False
    assert (await scene.pull(offline=True))[-1].changed is False
    with pytest.raises(HubOffline, match="newer"):
        await scene.pull(puller=scene.puller(offline=True), update=True)
    assert scene.hub.seen == []


async def test_a_hub_that_is_not_there_is_told_after_a_few_tries(scene):
    gone = Puller(scene.shelf, HubAccess("http://127.0.0.1:1"), lambda: 0.0, pause=scene.pause)
    with pytest.raises(HubUnavailable, match="connection"):
        await scene.pull(puller=gone)
    assert len(scene.pauses) == 4


async def test_something_that_is_no_hub_is_told(scene):
    scene.hub.listing_statuses.append((200, {}))
    with pytest.raises(HubUnavailable, match="does not answer as a hub"):
        await scene.pull()


async def test_a_full_disk_is_told_before_anything_is_received(scene, monkeypatch):
    monkeypatch.setattr("voxhelm.catalog.pull.free_bytes", lambda _folder: disk.SPARE_BYTES + 1000)
    with pytest.raises(DiskFull, match="voxhelm rm"):
        await scene.pull()
    assert scene.hub.fetches(f"{STEM}.onnx") == []
    scene.require_nothing()


async def test_another_model_of_the_same_name_is_not_overwritten(scene):
    scene.hub.files["owner/faster-whisper-tiny"] = dict(TINY)
    await scene.pull("Systran/faster-whisper-tiny")
    with pytest.raises(ModelExists, match="Systran"):
        await scene.pull("owner/faster-whisper-tiny")
    scene.folder.mkdir(parents=True)
    (scene.folder / "mine").write_text("by hand")
    with pytest.raises(ModelExists, match="somebody else"):
        await scene.pull()
    assert (scene.folder / "mine").read_text() == "by hand"


async def test_pulls_of_one_model_at_once_download_it_once(scene):
    every = await asyncio.gather(*(scene.pull() for _ in range(4)))
    scene.require_whole()
    assert len(scene.hub.fetches(f"{STEM}.onnx")) == 1
    assert sorted(events[-1].changed for events in every) == [False, False, False, True]
    assert any(isinstance(events[0], PullWaiting) for events in every)


async def test_a_pull_that_is_abandoned_leaves_the_lock_and_the_part(scene):
    scene.hub.faults.append(hub_server.stalls_after(1_000_000))

    async def stalled():
        async with aclosing(scene.puller().pull(STEM)) as events:
            async for _ in events:
                pass

    task = asyncio.create_task(stalled())
    part = await scene.some_of_it()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    there_bytes = part.stat().st_size
    scene.require_nothing()
    await scene.pull()
    scene.require_whole()
    assert scene.hub.fetches(f"{STEM}.onnx")[1].headers["range"] == f"bytes={there_bytes}-"


PULL = """
import asyncio, sys, time
from pathlib import Path
from voxhelm.catalog.hub_access import HubAccess
from voxhelm.catalog.pull import Puller
from voxhelm.catalog.shelf import Shelf

async def main():
    async for event in Puller(Shelf(Path(sys.argv[1])), HubAccess(sys.argv[2]), time.time).pull(sys.argv[3]):
        print(event, flush=True)

asyncio.run(main())
"""


async def test_a_process_that_is_killed_leaves_nothing_half_and_is_gone_on_from(scene):
    scene.hub.faults.append(hub_server.stalls_after(2_000_000))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PULL, str(scene.shelf.directory), scene.hub.url, STEM, stdout=subprocess.PIPE
    )
    part = await scene.some_of_it()
    process.kill()
    await process.communicate()
    there_bytes = part.stat().st_size
    scene.require_nothing()
    await scene.pull()
    scene.require_whole()
    assert scene.hub.fetches(f"{STEM}.onnx")[1].headers["range"] == f"bytes={there_bytes}-"


async def test_another_process_waits_its_turn(scene):
    lock = scene.shelf.lock("piper", STEM)
    assert lock.try_take()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PULL, str(scene.shelf.directory), scene.hub.url, STEM, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert b"PullWaiting" in await process.stdout.readline()
    lock.give_back()
    told, _ = await process.communicate()
    assert b"changed=True" in told
    scene.require_whole()


def test_the_fake_hub_names_files_as_git_does(tmp_path):
    assert hub_server.git_blob(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert FakeHub().entry("a", b"")["oid"] == hub_server.git_blob(b"")
