import pytest

from voxhelm.api.guard import CLIENT_SECRET, KEY
from voxhelm.api.permission import require_model_changes, require_own_page
from voxhelm.domain.errors import ModelChangesForbidden, ScopeMissing
from voxhelm.identity.client_secret import ClientSecret
from voxhelm.identity.key import Key


def scope(client="127.0.0.1", host="127.0.0.1:8000", **headers):
    named = {"host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "http",
        "client": (client, 50_000) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }


@pytest.mark.parametrize(
    "one",
    [
        scope(),
        scope(host="localhost:8000"),
        scope("::1", "[::1]:8000"),
        scope("::ffff:127.0.0.1"),
        scope(origin="http://127.0.0.1:8000"),
    ],
)
def test_this_machine_may(one):
    require_model_changes(one, anybody=False)


@pytest.mark.parametrize(
    "one",
    [
        scope("192.168.1.7"),
        scope("::ffff:192.168.1.7"),
        scope(None),
        scope("testclient"),
        scope(x_forwarded_for="192.168.1.7"),
        scope(forwarded="for=192.168.1.7"),
        scope(x_real_ip="192.168.1.7"),
        scope(host="evil.example"),
        scope(host=""),
        scope(host="["),
        scope(host="[::1"),
    ],
)
def test_others_may_when_the_operator_says_so(one):
    with pytest.raises(ModelChangesForbidden, match="allow_model_changes"):
        require_model_changes(one, anybody=False)
    require_model_changes(one, anybody=True)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9000", "http://localhost:8000", "http://["])
@pytest.mark.parametrize("anybody", [False, True])
def test_pages_of_other_sites_never_may(origin, anybody):
    with pytest.raises(ModelChangesForbidden, match="sites"):
        require_model_changes(scope(origin=origin), anybody=anybody)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9000", "http://["])
def test_pages_of_other_sites_need_a_key_or_a_name_in_the_settings(origin):
    with pytest.raises(ScopeMissing, match="sites"):
        require_own_page(scope(origin=origin), ("https://chat.example",))
    require_own_page(scope(origin=origin), ("*",))
    require_own_page(scope(origin=origin) | {KEY: Key("page", "digest")})
    require_own_page(scope(origin=origin) | {CLIENT_SECRET: ClientSecret("digest", None, b"{}", 0)})


@pytest.mark.parametrize("one", [scope(), scope(origin="http://127.0.0.1:8000"), scope(origin="https://chat.example")])
def test_programs_the_servers_own_pages_and_named_sites_need_none(one):
    require_own_page(one, ("https://chat.example",))
