"""Loading what is to be warm before the first user comes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from voxhelm.domain.errors import VoxhelmError
from voxhelm.hosting.host import Host
from voxhelm.residency.manager import Residency
from voxhelm.telemetry.log import Log

# Between two tries at a model that would not load, unless its back-off asks for more.
RETRY_SECONDS: Final = 1.0


class Preloader:
    """Loads and warms the models of a list, in order, and knows which are still missing."""

    def __init__(
        self, model_ids: Sequence[str], residency: Residency, warm_up: Callable[[Host], Awaitable[None]], log: Log
    ) -> None:
        """model_ids: what to load. warm_up: makes a loaded model work once."""
        self.pending: tuple[str, ...] = tuple(model_ids)
        self._residency = residency
        self._warm_up = warm_up
        self._log = log

    async def run(self) -> None:
        """Load and warm them all, trying again what fails: a server that is not ready should become ready when its cause is mended."""
        while self.pending:
            model_id = self.pending[0]
            try:
                async with await self._residency.lease(model_id) as lease:
                    await self._warm_up(lease.host)
            except VoxhelmError as error:
                self._log.warning("model is not warm yet", model=model_id, code=error.code, reason=error.message)
                await asyncio.sleep(max(RETRY_SECONDS, error.retry_after_seconds or 0.0))
            else:
                self.pending = self.pending[1:]
                self._log.info("model is warm", model=model_id)
