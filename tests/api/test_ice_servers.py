"""How callers find a way: what the settings name, and credentials that expire."""

import base64
import hashlib
import hmac
import os
import subprocess
import sys
import time

import httpx

from tests.conftest import running_server


def test_nobody_is_named_unless_the_settings_do(server_url):
    assert httpx.get(f"{server_url}/v1/realtime/ice_servers").json() == {"iceServers": [], "expires_at": None}


def test_relays_come_with_credentials_that_coturn_takes(tmp_path):
    (tmp_path / "turn.secret").write_text("a-secret-of-the-relay\n")
    (tmp_path / "keys").write_text("page: a-secret-of-the-page\n")
    settings = {
        "VOXHELM_REALTIME__STUN_URLS": '["stun:voice.example:3478"]',
        "VOXHELM_REALTIME__TURN_URLS": '["turn:voice.example:3478?transport=udp"]',
        "VOXHELM_REALTIME__TURN_SECRET_FILE": str(tmp_path / "turn.secret"),
        "VOXHELM_REALTIME__TURN_LIFETIME_SECONDS": "600",
        "VOXHELM_IDENTITY__KEY_FILES": f'["{tmp_path / "keys"}"]',
    }
    with running_server(tmp_path, **settings) as server:
        headers = {"authorization": "Bearer a-secret-of-the-page"}
        answer = httpx.get(f"{server.url}/realtime/ice_servers", headers=headers).json()
    stun, turn = answer["iceServers"]
    assert stun == {"urls": ["stun:voice.example:3478"]}
    assert turn["urls"] == ["turn:voice.example:3478?transport=udp"]
    expires_at, _, user = turn["username"].partition(":")
    assert user == "page"
    assert int(expires_at) == answer["expires_at"]
    assert 500 < int(expires_at) - time.time() <= 600
    digest = hmac.new(b"a-secret-of-the-relay", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(digest).decode()


def test_a_secret_that_cannot_be_read_is_told_at_the_start(tmp_path):
    settings = {
        "VOXHELM_REALTIME__TURN_URLS": '["turn:voice.example:3478"]',
        "VOXHELM_REALTIME__TURN_SECRET_FILE": str(tmp_path / "nowhere"),
    }
    command = [sys.executable, "-m", "voxhelm", "serve", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | settings, cwd=tmp_path)
    assert ran.returncode == 2
    assert "turn_secret_file" in ran.stderr
