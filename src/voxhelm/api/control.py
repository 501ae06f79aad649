"""POST /v1/models/{id}/load and /unload."""

from typing import Any

from fastapi import APIRouter, Request

from voxhelm.api.openapi import ERRORS
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services


def control_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["models"])
    answers: dict[int | str, dict[str, Any]] = {404: ERRORS[404], 409: ERRORS[409], 503: ERRORS[503]}

    @router.post("/v1/models/{model_id:path}/load", summary="Load a model and warm it up", responses=answers)
    async def load_model(model_id: str, request: Request) -> dict[str, Any]:
        await while_wanted(request, services.control.load(model_id))
        return {"id": model_id, "object": "model", "state": services.inventory.model(model_id).state}

    @router.post("/v1/models/{model_id:path}/unload", summary="Unload a model that nobody uses", responses=answers)
    async def unload_model(model_id: str) -> dict[str, Any]:
        await services.control.unload(model_id)
        return {"id": model_id, "object": "model", "state": services.inventory.model(model_id).state}

    return router
