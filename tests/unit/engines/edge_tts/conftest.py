import pytest

from tests.edge_service import running_edge_service


@pytest.fixture
def service(monkeypatch):
    """The service on loopback, where the package finds it."""
    import edge_tts.communicate

    with running_edge_service() as (one, url):
        monkeypatch.setattr(edge_tts.communicate, "WSS_URL", url)
        yield one
