import pytest

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.engines.openai_remote.engine import ENGINE
from voxhelm.engines.openai_remote.remote import read_remote

LEAST = "base_url: http://chatterbox:8004/v1\nmodel: chatterbox\nvoices: [Emily.wav]\n"


def write(models, name, text):
    file = models / "openai_remote" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_three_lines_are_enough(tmp_path):
    write(tmp_path, "chatterbox.yaml", LEAST)
    (spec,) = ENGINE.discover(tmp_path)
    assert (spec.id, spec.languages, spec.egress_host) == ("chatterbox", ("en",), None)
    (voice,) = ENGINE.voices(spec)
    assert (voice.id, voice.name, voice.languages, voice.gender) == ("Emily.wav", "Emily.wav", ("en",), None)


def test_everything_can_be_said(tmp_path):
    key = tmp_path / "key"
    file = write(
        tmp_path,
        "cloud.yml",
        f"""
        base_url: https://api.example.com/v1
        model: tts-9
        voices:
          - nova
          - {{id: Vera, name: Вера, languages: [bg-BG, en], gender: female}}
        languages: [en-US, de]
        network: cloud
        api_key_file: {key}
        headers: {{x-project: home}}
        response_format: mp3
        speed: false
        connect_timeout_seconds: 1
        read_timeout_seconds: 9.5
        """,
    )
    remote = read_remote(file)
    assert (remote.api_key_file, remote.headers["x-project"], remote.read_timeout_seconds) == (key, "home", 9.5)
    (spec,) = ENGINE.discover(tmp_path)
    assert (spec.id, spec.languages, spec.egress_host) == ("cloud", ("bg", "de", "en"), "api.example.com")
    nova, vera = ENGINE.voices(spec)
    assert (nova.languages, vera.name, vera.languages, vera.gender) == (("en-us", "de"), "Вера", ("bg-bg", "en"), "female")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("base_url: chatterbox:8004", "no URL"),
        ("voices: []", "at least one voice"),
        ("voices: [a, A]", "named twice"),
        ("voices: [{nam: a}]", "nam"),
        ("languages: []", "name at least one"),
        ("read_timeout_seconds: 0", "above 0"),
        ("read_timeout_seconds: soon", "float"),
        ("time_out: 3", "time_out"),
        ("response_format: ogg", "ogg"),
        ("model: [", "while parsing"),
        ("base_url: http://8.8.8.8/v1\nnetwork: lan", "not in a local network"),
    ],
)
def test_what_cannot_be_right_stops_the_start_and_names_the_file(tmp_path, line, told):
    keys = {one.partition(":")[0] for one in line.splitlines()}
    rest = "".join(f"{one}\n" for one in LEAST.splitlines() if one.partition(":")[0] not in keys)
    write(tmp_path, "broken.yaml", rest + line)
    with pytest.raises(ConfigurationInvalid, match=r"broken\.yaml") as caught:
        ENGINE.discover(tmp_path)
    assert told in caught.value.message


def test_a_name_that_does_not_tell_can_be_said_to_be_local(tmp_path):
    write(tmp_path, "a.yaml", LEAST.replace("chatterbox:8004", "tts.company.example"))
    write(tmp_path, "b.yaml", LEAST.replace("chatterbox:8004", "tts.company.example") + "network: lan\n")
    write(tmp_path, "c.yaml", LEAST + "network: cloud\n")
    assert [spec.egress_host for spec in ENGINE.discover(tmp_path)] == ["tts.company.example", None, "chatterbox"]


def test_without_a_folder_there_are_none(tmp_path):
    assert list(ENGINE.discover(tmp_path)) == []
    assert list(ENGINE.discover(tmp_path / "gone")) == []
