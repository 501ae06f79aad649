"""A model that is used for a moment, again and again, and must answer at once."""

import asyncio
from typing import Final

from voxhelm.domain.errors import VoxhelmError
from voxhelm.residency.lease import Lease
from voxhelm.residency.manager import Residency
from voxhelm.telemetry.log import Log

KEPT_SECONDS: Final = 60.0
"""Longer than people speak between two pauses; after it the model's own time to live begins."""


class KeptModel:
    """Holds one lease from the first use until a while after the last, so that a use costs nothing and nobody waits for a load."""

    def __init__(self, residency: Residency, log: Log, kept_seconds: float = KEPT_SECONDS) -> None:
        """kept_seconds: after the last use."""
        self._residency = residency
        self._log = log
        self._kept_seconds = kept_seconds
        self._model_id: str | None = None
        self._lease: Lease | None = None
        self._loading: asyncio.Task[None] | None = None
        self._release: asyncio.TimerHandle | None = None

    def lease(self, model_id: str) -> Lease | None:
        """The lease, to be used now and not to be released; None while the model is not there, which begins to load."""
        if self._model_id != model_id:
            self.close()
            self._model_id = model_id
        if self._lease is not None and self._lease.host.ended.done():
            self._let_go()
        if self._lease is None:
            if self._loading is None:
                self._loading = asyncio.create_task(self._load(model_id), name=f"keep-{model_id}")
            return None
        self._keep()
        return self._lease

    def close(self) -> None:
        """Give it back now; more than once does no harm."""
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        self._let_go()

    async def _load(self, model_id: str) -> None:
        task = asyncio.current_task()
        try:
            lease = await self._residency.lease(model_id)
        except VoxhelmError as error:
            self._log.warning("model is not kept", model=model_id, code=error.code, reason=error.message)
        else:
            self._lease = lease
            self._keep()
        finally:
            if self._loading is task:
                self._loading = None

    def _keep(self) -> None:
        if self._release is not None:
            self._release.cancel()
        self._release = asyncio.get_running_loop().call_later(self._kept_seconds, self._let_go)

    def _let_go(self) -> None:
        if self._release is not None:
            self._release.cancel()
            self._release = None
        if self._lease is not None:
            self._lease.release()
            self._lease = None
