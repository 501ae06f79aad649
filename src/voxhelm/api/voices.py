"""GET /v1/audio/voices."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from voxhelm.api.services import Services


def voices_router(services: Services) -> APIRouter:
    """The route, bound to the use case."""
    router = APIRouter(tags=["voices"])

    @router.get("/v1/audio/voices", summary="List voices")
    async def list_voices(
        variants: Annotated[
            bool, Query(description="Also the thousands of voices that are a colour of another, such as en-us+f3.")
        ] = False,
    ) -> dict[str, Any]:
        voices = [
            {
                "id": voice.id,
                "object": "audio.voice",
                "name": voice.name,
                "languages": voice.languages,
                "gender": voice.gender,
                "model": voice.model,
                "kind": voice.kind,
            }
            for voice in services.inventory.voices(variants=variants)
        ]
        # `voices` is what Open WebUI reads, `data` what OpenAI's list shape has.
        return {"object": "list", "voices": voices, "data": voices}

    return router
