import io

import pytest

from voxhelm.audio.upload import Upload


def test_positions_count_from_where_the_audio_begins():
    source = io.BytesIO(b"0123456789")
    source.seek(3)
    upload = Upload(source)
    assert upload.read(2) == b"34"
    assert upload.tell() == 2
    assert upload.seek(0) == 0
    assert upload.read(3) == b"345"
    assert upload.seek(-1, io.SEEK_CUR) == 2
    assert upload.seek(0, io.SEEK_END) == 7
    assert upload.read(1) == b""


def test_the_head_is_what_came_first_however_it_was_read():
    upload = Upload(io.BytesIO(bytes(range(200))))
    assert upload.head == b""
    upload.read(10)
    upload.seek(150)
    upload.read(10)
    upload.seek(0)
    upload.read(10)
    assert upload.head == bytes(range(10))
    upload.read(100)
    assert upload.head == bytes(range(64))


def test_it_has_no_name_that_could_be_opened_or_believed(tmp_path):
    path = tmp_path / "speech.mp3"
    path.write_bytes(b"x")
    with path.open("rb") as source:
        assert not hasattr(Upload(source), "name")


def test_a_source_that_gives_more_than_asked_is_stopped():
    class Generous(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(size + 1)

    with pytest.raises(ValueError, match="gave 5 bytes when asked for 4"):
        Upload(Generous(b"0123456789")).read(4)


def test_a_source_that_cannot_seek_says_so():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise OSError("not a file")

    upload = Upload(Pipe(b"0123456789"))
    assert not upload.seekable()
    assert upload.read(4) == b"0123"
    assert upload.tell() == 4
