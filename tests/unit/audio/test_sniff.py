import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.audio.sniff import describe


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", "an empty file (0 bytes)"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP image"),
        (b"RIFF\x00\x00\x00\x00WAVE", "a WAV file, damaged or cut off"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or an office document"),
        (b"\x00\x00\x00\x20ftypisom", "an MP4 or M4A file, damaged or cut off"),
        (b"#EXTM3U\n", "a playlist, which names audio and holds none"),
        (b"  \r\n[playlist]\n", "a playlist, which names audio and holds none"),
        (b"\xef\xbb\xbf<HTML>", "a web page"),
        (b'[{"a": 1}]', "JSON or similar text"),
        ("Здравей".encode(), "text"),
        ("Здравей".encode()[:-1], "text"),
        (b"Hello\x00world", "unknown data"),
        (b"\xc3\x28\xa0\xa1", "unknown data"),
    ],
)
def test_the_beginning_of_a_file_tells_what_it_is(head, name):
    assert describe(head) == name


@given(st.binary(max_size=64))
def test_any_beginning_has_a_name(head):
    assert describe(head)
