"""Installing models from a hub."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from voxhelm.catalog.disk import free_bytes, off_the_loop, require_room
from voxhelm.catalog.download import Patience, Pause, download, persistently
from voxhelm.catalog.hub import STALL_SECONDS, Hub, open_hub
from voxhelm.catalog.hub_access import HubAccess
from voxhelm.catalog.hub_file import HubFile, Listing
from voxhelm.catalog.manifest import Manifest, is_whole, record_of
from voxhelm.catalog.names import PIPER_VOICES, source_of
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.part import SUFFIX, Damaged, check
from voxhelm.catalog.piper_stem import PiperStem
from voxhelm.catalog.selection import Selection, select
from voxhelm.catalog.shelf import Shelf, Shelved
from voxhelm.catalog.source import Source
from voxhelm.domain.errors import HubOffline, ModelExists, ModelNotFound
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress, PullWaiting

# Between two looks at a lock that another process holds; the system tells nobody when it is given back.
LOCK_POLL_SECONDS: Final = 0.25


class Puller:
    """Brings models from a hub to the shelf. Any number of pulls at once; two of one model take turns."""

    def __init__(
        self,
        shelf: Shelf,
        access: HubAccess,
        unix_seconds: Callable[[], float],
        *,
        pause: Pause = asyncio.sleep,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        """Take what it needs.

        access: which hub, and how. unix_seconds: tells the time. pause: waits. stall_seconds: a hub that sends nothing for so long is left.
        """
        self._shelf = shelf
        self._access = access
        self._unix_seconds = unix_seconds
        self._pause = pause
        self._stall_seconds = stall_seconds

    async def pull(self, name: str, *, update: bool = False, offline: bool = False) -> AsyncGenerator[PullEvent]:
        """Install what `name` stands for and yield what happens; the last event is PullDone.

        update: ask the hub for a newer version of what is installed. offline: do with what is on the disk.
        Closing the generator, or dying, leaves the model as it was and keeps what has come.
        Raises ModelNotFound, ModelUnsuited, ModelExists, HubOffline, HubForbidden, HubUnavailable, DownloadDamaged, DiskFull.
        """
        source = await off_the_loop(self._source, name)
        there = await off_the_loop(self._installed, source)
        if there is not None and not update:
            yield _done(there, changed=False)
            return
        if not source.repository:
            raise ModelNotFound(
                f"'{name}' was installed from a package, and is damaged. Install it again: voxhelm pull --from.", param="model"
            )
        if offline or self._access.offline:
            raise HubOffline(
                f"'{name}' is not installed, and asking a hub is switched off (models.offline, HF_HUB_OFFLINE). "
                "`voxhelm pull --from` installs it from a folder or an archive."
                if there is None
                else f"'{name}' is installed; whether there is a newer version is not asked: models.offline, or HF_HUB_OFFLINE, is on."
            )
        async with open_hub(self._access, stall_seconds=self._stall_seconds) as hub:
            listing = await self._list(hub, source)
            selection = select(source, listing.files)
            lock = self._shelf.lock(selection.engine, selection.model_id)
            try:
                if not await off_the_loop(lock.try_take):
                    yield PullWaiting(selection.model_id)
                    while not await off_the_loop(lock.try_take):  # noqa: ASYNC110 - the holder may be another process
                        await asyncio.sleep(LOCK_POLL_SECONDS)
                async with aclosing(self._install(hub, source, listing, selection)) as events:
                    async for event in events:
                        yield event
            finally:
                lock.give_back()

    async def _install(self, hub: Hub, source: Source, listing: Listing, selection: Selection) -> AsyncGenerator[PullEvent]:
        """What is done with the lock in hand."""
        there = await off_the_loop(self._occupant, source, selection)
        if there is not None and there.manifest.origin.get("commit") == listing.commit and is_whole(there.folder, there.manifest):
            yield _done(there, changed=False)
            return
        staging = self._shelf.staging(selection.engine, selection.model_id)
        received_bytes = await off_the_loop(_prepare, staging, selection)
        require_room(selection.size_bytes - received_bytes, free_bytes(staging), self._shelf.directory)
        done_bytes = 0
        for file in selection.files:
            path = staging / file.name
            if not await off_the_loop(_is_right, path, file):
                async with aclosing(download(hub, listing, file, path, self._pause)) as received:
                    async for count in received:
                        yield PullProgress(selection.model_id, file.name, done_bytes + count, selection.size_bytes)
            done_bytes += file.size_bytes
            yield PullProgress(selection.model_id, file.name, done_bytes, selection.size_bytes)
        manifest = await off_the_loop(self._manifest, staging, source, listing, selection)
        await off_the_loop(self._shelf.put, selection.engine, selection.model_id, manifest.to_bytes())
        yield PullDone(selection.model_id, selection.engine, manifest.size_bytes, changed=True)

    async def _list(self, hub: Hub, source: Source) -> Listing:
        patience = Patience(f"the files of {source.repository}", self._pause)
        try:
            return await persistently(lambda: hub.list_folder(source.repository, source.revision, source.folder), patience)
        except ModelNotFound as missing:
            if source.repository != PIPER_VOICES:
                raise
            near = did_you_mean(source.model_id or "", await self._piper_voices(hub, source, patience))
            raise ModelNotFound(f"There is no Piper voice '{source.model_id}' at the hub.{near}", param="model") from missing

    async def _piper_voices(self, hub: Hub, source: Source, patience: Patience) -> list[str]:
        """The voices of the locale of one that is not there."""
        stem = PiperStem.parse(source.model_id or "")
        assert stem is not None  # noqa: S101 - the source was made from one
        above = f"{stem.language}/{stem.locale}"
        try:
            found = await persistently(lambda: hub.list_folder(source.repository, source.revision, above, deep=True), patience)
        except ModelNotFound:
            return []
        return [file.path.rpartition("/")[2].removesuffix(".onnx") for file in found.files if file.path.endswith(".onnx")]

    def _source(self, name: str) -> Source:
        """Where a model comes from, by a name to pull or the id of one that is installed."""
        try:
            return source_of(name)
        except ModelNotFound:
            there = self._shelf.find(name)
            if there is None:
                raise
        origin = there.manifest.origin
        return Source(
            origin.get("repository", ""), origin.get("revision", "main"), origin.get("folder", ""), there.manifest.engine, name
        )

    def _installed(self, source: Source) -> Shelved | None:
        """What is on the shelf for `source`, whole and of the revision that is meant."""
        for one in self._shelf.shelved():
            origin, model_id = one.manifest.origin, one.manifest.model_id
            same = source.model_id in (None, model_id) and _same_origin(one, source)
            meant = same and source.revision in (origin.get("revision"), origin.get("commit"))
            # From a package, nobody knows which repository it was made of.
            packed = source.model_id == model_id and "repository" not in origin
            if (meant or packed) and is_whole(one.folder, one.manifest):
                return one
        return None

    def _occupant(self, source: Source, selection: Selection) -> Shelved | None:
        """What is in the model's place. Raises ModelExists when it is something else."""
        there = self._shelf.find(selection.model_id)
        if there is not None and not (_same_origin(there, source) and there.manifest.engine == selection.engine):
            raise ModelExists(
                f"A model '{selection.model_id}' is installed from {_origin_of(there)}. Remove it first: voxhelm rm {selection.model_id}.",
                param="model",
            )
        folder = self._shelf.folder(selection.engine, selection.model_id)
        if there is None and folder.exists():
            raise ModelExists(f"{folder} was put there by somebody else. Move it away first.", param="model")
        return there

    def _manifest(self, staging: Path, source: Source, listing: Listing, selection: Selection) -> Manifest:
        origin = {
            "hub": self._access.url,
            "repository": listing.repository,
            "revision": source.revision,
            "commit": listing.commit,
            "folder": source.folder,
        }
        files = tuple(record_of(staging / file.name) for file in selection.files)
        at = datetime.fromtimestamp(self._unix_seconds(), UTC).isoformat(timespec="seconds")
        return Manifest(selection.model_id, selection.engine, files, origin, at)


def _prepare(staging: Path, selection: Selection) -> int:
    """Make the folder, and count what an earlier time has left there."""
    staging.mkdir(parents=True, exist_ok=True)
    there = {path.name: path.stat().st_size for path in staging.iterdir()}
    return sum(min(there.get(file.name, there.get(file.name + SUFFIX, 0)), file.size_bytes) for file in selection.files)


def _is_right(path: Path, file: HubFile) -> bool:
    """Whether an earlier time has received this very file."""
    if not path.is_file() or file.checksum is None:
        return False
    try:
        check(path, file.size_bytes, file.checksum)
    except Damaged:
        path.unlink()
        return False
    return True


def _same_origin(there: Shelved, source: Source) -> bool:
    origin = there.manifest.origin
    return origin.get("repository") == source.repository and origin.get("folder", "") == source.folder


def _origin_of(there: Shelved) -> str:
    origin = there.manifest.origin
    return origin.get("repository") or origin.get("package") or "elsewhere"


def _done(there: Shelved, *, changed: bool) -> PullDone:
    manifest = there.manifest
    return PullDone(manifest.model_id, manifest.engine, manifest.size_bytes, changed)
