import pytest

from voxhelm.testing.app import make_voxhelm


@pytest.fixture
async def services():
    """An instance on the fake engine, in line."""
    voxhelm = make_voxhelm(models={"isolation": "inline", "time_to_live_seconds": 0})
    async with voxhelm.running():
        yield voxhelm.services
