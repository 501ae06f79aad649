"""GET /health, /health/live, /health/ready and /metrics: never behind inference."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from voxhelm.api.services import Services


def health_router(services: Services) -> APIRouter:
    """The routes, bound to what they report."""
    router = APIRouter(tags=["health"])

    @router.get("/health", summary="Whether the server runs", responses={503: {"description": "Broken; restart it."}})
    @router.get(
        "/health/live", summary="Whether the server runs; busy is not dead", responses={503: {"description": "Broken; restart it."}}
    )
    async def live() -> Response:
        failure = services.inventory.failure()
        if failure is not None:
            return JSONResponse({"status": "failed", "reason": failure}, 503)
        return JSONResponse({"status": "ok"})

    @router.get("/health/ready", summary="Whether the models that are to be warm are", responses={503: {"description": "Not yet."}})
    async def ready() -> Response:
        missing = services.inventory.not_ready()
        if missing:
            return JSONResponse({"status": "warming", "missing": missing}, 503)
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", summary="Prometheus metrics", response_class=Response)
    async def metrics() -> Response:
        return Response(services.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
