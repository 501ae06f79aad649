"""Learning that models have come or gone, while requests are served."""

import asyncio
from collections.abc import Callable, Collection

from voxhelm.catalog.disk import off_the_loop
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.domain.model import ModelSpec
from voxhelm.residency.manager import Residency
from voxhelm.residency.state import ModelState
from voxhelm.telemetry.log import Log


class Renewal:
    """The one that renews what is known: the disk is looked at beside the event loop, and everybody learns of it in one moment."""

    def __init__(
        self, catalog: Catalog, voices: VoiceBook, residency: Residency, state_of: Callable[[ModelSpec], ModelState], log: Log
    ) -> None:
        """state_of: how a model begins; it may look at the disk."""
        self._catalog = catalog
        self._voices = voices
        self._residency = residency
        self._state_of = state_of
        self._log = log
        self._turn = asyncio.Lock()

    async def renew(self, fresh: Collection[str] = ()) -> None:
        """Look at the disk and know what is there. fresh: ids of models whose files are others than they were."""
        async with self._turn:
            found = await off_the_loop(self._catalog.scan, self._report)
            voices = await off_the_loop(self._voices.read, found, fresh)
            unknown = [spec for spec in found if self._catalog.allows(spec) and not self._residency.knows(spec)]
            states = await off_the_loop(lambda: [self._state_of(spec) for spec in unknown])
            for spec, state in zip(unknown, states, strict=True):
                await self._residency.add(spec, state)
            self._catalog.adopt(found)
            self._voices.adopt(voices)
        for model_id in fresh:
            # One in use goes on with the files it has; they are there until it lets go of them.
            await self._residency.unload(model_id)

    def _report(self, engine: str, error: ConfigurationInvalid) -> None:
        """At the start it would have stopped the start. Now others are being served, and a file that is being written may be right soon."""
        self._log.error("models not looked for", engine=engine, reason=error.message)

    async def forget(self, model_id: str) -> bool:
        """Unload a model that nobody uses and lend it no more; say whether that is done. `renew` must follow."""
        return await self._residency.remove(model_id)
