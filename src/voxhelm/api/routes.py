"""GET /v1/routes."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from voxhelm.api.services import Services


def routes_router(services: Services) -> APIRouter:
    """The route, bound to the use case."""
    router = APIRouter(tags=["routes"])

    @router.get("/v1/routes", summary="List routes, and how their steps are now")
    async def list_routes(
        language: Annotated[
            str | None, Query(pattern="^[a-z]{2,3}$", description="Only those that this language has, such as bg.")
        ] = None,
    ) -> dict[str, Any]:
        data = [{"object": "route", **asdict(route)} for route in services.routes.routes(language)]
        return {"object": "list", "data": data}

    return router
