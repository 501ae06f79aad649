"""Installing and removing models while requests are served."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final

from voxhelm.catalog.disk import off_the_loop
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.pull import Puller
from voxhelm.catalog.removal import removing
from voxhelm.catalog.shelf import Shelf
from voxhelm.domain.errors import ModelInUse
from voxhelm.domain.pull import PullDone, PullEvent
from voxhelm.serving.renewal import Renewal
from voxhelm.telemetry.log import Log

TRIES: Final = 10
BETWEEN_TRIES_SECONDS: Final = 0.1


class Weights:
    """The use case: what `voxhelm pull` and `voxhelm rm` do on a server that runs."""

    def __init__(
        self, puller: Puller, shelf: Shelf, catalog: Catalog, renewal: Renewal, named_in_settings: Mapping[str, str], log: Log
    ) -> None:
        """named_in_settings: ids of models that may not go, each with the setting that needs it."""
        self._puller = puller
        self._shelf = shelf
        self._catalog = catalog
        self._renewal = renewal
        self._named_in_settings = named_in_settings
        self._log = log

    async def pull(self, name: str, *, update: bool = False, offline: bool = False) -> AsyncGenerator[PullEvent]:
        """Install what `name` stands for and yield what happens; when the last event, PullDone, comes, it can be used.

        update: ask the hub for a newer version of what is installed. offline: do with what is on the disk.
        Closing the generator stops the work and keeps what has come. Raises as `catalog.pull.Puller.pull`.
        """
        self._log.info("pull begins", model=name, update=update, offline=offline)
        if offline:
            # Somebody has put something there by other means.
            await self._renewal.renew()
            spec = self._catalog.find(name)
            if spec is not None:
                yield PullDone(spec.id, spec.engine, await off_the_loop(_size_bytes, spec.path), changed=False)
                return
        async with aclosing(self._puller.pull(name, update=update, offline=offline)) as events:
            async for event in events:
                if isinstance(event, PullDone):
                    await self._renewal.renew((event.model_id,) if event.changed else ())
                    remedy = await off_the_loop(self._catalog.remedy_for, event.engine, event.model_id)
                    self._log.info("pull done", model=event.model_id, changed=event.changed, remedy=remedy)
                    yield replace(event, remedy=remedy)
                else:
                    yield event

    async def remove(self, name: str) -> str:
        """Unload and remove the model that was pulled as `name`, or has that id; return its id. Raises ModelNotFound, ModelInUse."""
        with ExitStack() as stack:
            shelved = await off_the_loop(stack.enter_context, removing(self._shelf, name, self._named_in_settings))
            model_id = shelved.manifest.model_id
            if not await self._forgotten(model_id):
                raise ModelInUse(
                    f"Model '{model_id}' is in use or being loaded. Try again when its requests are done.", param="model"
                )
            try:
                await off_the_loop(self._shelf.remove, shelved.manifest.engine, model_id)
            finally:
                await self._renewal.renew()
        self._log.info("model removed", model=model_id)
        return model_id

    async def _forgotten(self, model_id: str) -> bool:
        """Whether nobody uses it any more. Whoever has just been answered may hold it for a moment still."""
        for _ in range(TRIES):
            if await self._renewal.forget(model_id):
                return True
            await asyncio.sleep(BETWEEN_TRIES_SECONDS)
        return await self._renewal.forget(model_id)


def _size_bytes(path: Path | None) -> int:
    """Of the files at a path; 0 for models that come inside the package of an engine."""
    if path is None:
        return 0
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
