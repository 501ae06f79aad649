import pytest

from voxhelm.catalog.hub_access import PUBLIC_HUB, HubAccess, hub_access
from voxhelm.domain.errors import ConfigurationInvalid


def test_without_anything_it_is_the_public_hub():
    assert hub_access(PUBLIC_HUB, None, {}, offline=False) == HubAccess(PUBLIC_HUB, None, False)


def test_the_variables_of_the_hubs_own_tools_are_honoured():
    environment = {"HF_ENDPOINT": "https://mirror.lan/", "HF_HUB_OFFLINE": "1", "HF_TOKEN": " hf_x\n"}
    assert hub_access(PUBLIC_HUB, None, environment, offline=False) == HubAccess("https://mirror.lan", "hf_x", True)
    assert hub_access(PUBLIC_HUB, None, {"HF_HUB_OFFLINE": "0"}, offline=False).offline is False


def test_settings_come_before_variables(tmp_path):
    (tmp_path / "token").write_text("hf_file\n")
    environment = {"HF_ENDPOINT": "https://mirror.lan", "HF_TOKEN": "hf_variable", "HF_HUB_OFFLINE": "false"}
    assert hub_access("http://hub.lan", tmp_path / "token", environment, offline=True) == HubAccess(
        "http://hub.lan", "hf_file", True
    )


def test_a_variable_may_name_the_file_of_the_token(tmp_path):
    (tmp_path / "token").write_text("hf_file\n")
    assert hub_access(PUBLIC_HUB, None, {"HF_TOKEN_PATH": str(tmp_path / "token")}, offline=False).token == "hf_file"


@pytest.mark.parametrize("url", ["hub.lan", "ftp://hub.lan", ""])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ConfigurationInvalid, match="hub_url"):
        hub_access(url, None, {}, offline=False)


def test_a_token_that_cannot_be_read_is_refused_by_its_name(tmp_path):
    with pytest.raises(ConfigurationInvalid, match="nowhere"):
        hub_access(PUBLIC_HUB, tmp_path / "nowhere", {}, offline=False)


def test_a_token_is_not_in_what_a_log_would_show():
    assert "hf_x" not in repr(HubAccess(token="hf_x"))
