"""Load models that will be wanted in a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from voxhelm.domain.errors import VoxhelmError
from voxhelm.telemetry.log import Log


class Warming:
    """The use case: somebody begins a conversation, and its first turn shall not wait for what can be loaded meanwhile."""

    def __init__(self, load: Callable[[str], Awaitable[None]], worthwhile: Callable[[str], bool], log: Log) -> None:
        """load: returns when a model is warm. worthwhile: whether a model is away, and would stay once it is loaded."""
        self._load = load
        self._worthwhile = worthwhile
        self._log = log
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def warm(self, model_ids: Iterable[str]) -> None:
        """Begin to load those that are away. Returns at once; a model that cannot be loaded is told when it is used."""
        for model_id in model_ids:
            if model_id not in self._under_way and self._worthwhile(model_id):
                self._under_way[model_id] = asyncio.create_task(self._warm(model_id), name=f"warm-{model_id}")

    async def settle(self) -> None:
        """Wait until nothing is being loaded any more."""
        await asyncio.gather(*self._under_way.values())

    async def aclose(self) -> None:
        """Wait for none of it; returns when nothing is at work any more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _warm(self, model_id: str) -> None:
        try:
            await self._load(model_id)
        except VoxhelmError as error:
            self._log.info("model is not warm", model=model_id, code=error.code, reason=error.message)
        except Exception as error:  # noqa: BLE001 - a bug, which the log tells; the turn that needs the model tries again
            self._log.error("model is not warm", model=model_id, exc_info=error)
        finally:
            del self._under_way[model_id]
