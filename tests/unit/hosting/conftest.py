import pytest

from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.hosting.inline import InlineHost
from voxhelm.hosting.process import ProcessHost
from voxhelm.testing.engine import ENGINE, FAKE_ENGINE


@pytest.fixture(params=["process", "inline"])
async def start_host(request):
    """Starts hosts of the fake engine by capability; all are stopped at the end."""
    hosts = []

    async def start(capability: Capability):
        spec = ModelSpec(f"fake-{capability.value}", "fake", capability, ("en",))
        if request.param == "process":
            host = await ProcessHost.load(FAKE_ENGINE, spec, Placement())
        else:
            host = await InlineHost.load(ENGINE, spec, Placement())
        hosts.append(host)
        return host

    yield start
    for host in hosts:
        await host.stop()
