from contextlib import asynccontextmanager

import httpx
import pytest

from voxhelm.compose import compose_app
from voxhelm.config import Settings
from voxhelm.testing.app import make_voxhelm


@pytest.fixture
async def instance():
    voxhelm = make_voxhelm(models={"isolation": "inline"})
    async with voxhelm.running():
        yield voxhelm


@pytest.fixture
def calling(instance):
    """An HTTP client of an instance, without a server in between; errors of the application become its answers."""

    @asynccontextmanager
    async def open_client(**server):
        app = compose_app(instance, Settings(server=server))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client

    return open_client
