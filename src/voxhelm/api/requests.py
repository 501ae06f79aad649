"""DELETE /v1/requests/{id}."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from voxhelm.api.callers import key_of
from voxhelm.api.openapi import ERRORS
from voxhelm.api.services import Services


def requests_router(services: Services) -> APIRouter:
    """The route, bound to what is running."""
    router = APIRouter(tags=["requests"])

    @router.delete("/v1/requests/{request_id}", summary="Cancel a request by its x-request-id", responses={404: ERRORS[404]})
    async def cancel_request(request_id: str, request: Request) -> dict[str, Any]:
        cancelled = services.running.cancel(request_id, key_of(request.scope))
        if not cancelled:
            raise HTTPException(404)
        return {"id": request_id, "object": "request", "cancelled": cancelled}

    return router
