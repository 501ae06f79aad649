import pytest

from voxhelm.domain.voice import Voice
from voxhelm.engines.chatterbox.recordings import named_by_its_file, recordings_in


def test_only_files_with_sound_are_recordings(tmp_path):
    for name in ("Anna.wav", "Bo.MP3", "notes.txt", ".hidden.wav", "Cleo.flac", "sub.wav/inner"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert {recording.name for recording in recordings_in([tmp_path / "nowhere", tmp_path]).values()} == {"Anna", "Bo", "Cleo"}


@pytest.mark.parametrize(("wanted", "found"), [("Emily.wav", "Emily"), ("emily.MP3", "Emily"), ("Emily", None), ("Emma.wav", None)])
def test_clients_of_other_servers_may_write_the_file(wanted, found):
    listed = {"emily": Voice("Emily", "Emily", ("en",))}
    voice = named_by_its_file(listed, wanted)
    assert (voice.id if voice else None) == found
