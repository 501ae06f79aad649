"""GET /v1/models, /v1/models/{id} and /v1/audio/models."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from voxhelm.api.openapi import ERRORS
from voxhelm.api.services import Services
from voxhelm.serving.inventory import ListedModel


def models_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["models"])

    def render(model: ListedModel) -> dict[str, Any]:
        return {
            "id": model.id,
            "object": "model",
            "created": services.inventory.started_unix_seconds,
            "owned_by": model.engine,
            "capability": model.capability,
            "languages": model.languages,
            "state": model.state,
            "resident_bytes": model.resident_bytes,
            "device": model.device,
            "fallback": model.fallback,
            "usage": [asdict(usage) for usage in model.usage],
        }

    @router.get("/v1/models", summary="List models")
    async def list_models() -> dict[str, Any]:
        return {"object": "list", "data": [render(model) for model in services.inventory.models()]}

    @router.get("/v1/models/{model_id:path}", summary="Look at a model", responses={404: ERRORS[404]})
    async def get_model(model_id: str) -> dict[str, Any]:
        return render(services.inventory.model(model_id))

    @router.get("/v1/audio/models", summary="List the models that speak, as Open WebUI asks for them")
    async def list_audio_models() -> dict[str, Any]:
        speaking = [model for model in services.inventory.models() if model.capability == "speech"]
        return {"object": "list", "models": [{"id": model.id} for model in speaking], "data": [render(model) for model in speaking]}

    return router
