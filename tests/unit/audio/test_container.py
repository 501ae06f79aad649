import struct
import subprocess
import sys

import av
import pytest

from tests.unit.audio.clips import Recipe, heard, make_file, tone, wav
from voxhelm.audio.decode import decode
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable


@pytest.fixture
def secret(tmp_path):
    """A file on the server that is good audio: if it were ever opened, the attack would give sound."""
    path = tmp_path / "secret.wav"
    path.write_bytes(wav(tone(1, 16_000), 16_000))
    return path


ATTACKS = {
    "ffconcat": "ffconcat version 1.0\nfile {path}\n",
    "ffconcat with a protocol": "ffconcat version 1.0\nfile file:{path}\n",
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{path}\n#EXT-X-ENDLIST\n",
    "m3u8 with a protocol": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{path}\n#EXT-X-ENDLIST\n",
    "m3u8 of a crypto chain": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nconcat:{path}|{path}\n#EXT-X-ENDLIST\n",
    "master m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{path}\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="audio/wav"><Representation id="1" bandwidth="1"><BaseURL>{path}</BaseURL><SegmentBase/>'
    "</Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    "asx": '<asx version="3.0"><entry><ref href="file://{path}"/></entry></asx>',
    "pls": "[playlist]\nFile1={path}\nNumberOfEntries=1\n",
    "subtitles": "1\n00:00:00,000 --> 00:00:01,000\n{path}\n",
    "bare path": "{path}",
}


@pytest.mark.parametrize("name", list(ATTACKS))
@pytest.mark.parametrize("suffix", [".wav", ".m3u8", ".ffconcat", ".sdp"])
def test_a_playlist_never_opens_what_it_names(name, suffix, secret, tmp_path):
    text = ATTACKS[name].format(path=secret)
    with pytest.raises(AudioUnreadable):
        heard(text.encode())
    upload = tmp_path / f"upload{suffix}"
    upload.write_text(text)
    with pytest.raises(AudioUnreadable):
        list(decode(upload))
    with upload.open("rb") as opened, pytest.raises(AudioUnreadable):
        list(decode(opened))


def test_a_film_whose_sound_lies_in_another_file_does_not_open_it(secret, tmp_path):
    upload = tmp_path / "upload.mov"
    upload.write_bytes(mov_pointing_to(secret.name, 16_000))
    with av.open(str(upload), container_options={"enable_drefs": "1"}) as trusting:
        assert sum(frame.samples for frame in trusting.decode(audio=0)) == 16_000  # the attack is a true one
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        list(decode(upload))
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        heard(upload.read_bytes())


@pytest.mark.parametrize("rate_hz", [1, 100, 3_999, 384_001, 2_000_000_000])
def test_a_rate_that_cannot_be_is_refused(rate_hz):
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        heard(wav_claiming(rate_hz=rate_hz))


@pytest.mark.parametrize("channels", [0, 65, 300, 65_535])
def test_a_number_of_channels_that_cannot_be_is_refused(channels):
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        heard(wav_claiming(channels=channels))


def test_a_claim_of_millions_of_packets_takes_no_memory(tmp_path):
    # Not ru_maxrss: a new program inherits the peak of the process that started it.
    # Unbounded, FFmpeg takes 700 MB for this file of 1,500 bytes, and gives it back before anyone could look: hence a process.
    upload = tmp_path / "upload.m4a"
    upload.write_bytes(m4a_claiming_packets(20_000_000))
    program = (
        "import pathlib, re, sys\n"
        "from voxhelm.audio.decode import decode\n"
        "from voxhelm.domain.errors import AudioEmpty\n"
        "try:\n    next(decode(pathlib.Path(sys.argv[1])))\n"
        "except AudioEmpty:\n    print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(upload)], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 300_000  # kilobytes, Python and its libraries included


def test_a_codec_that_is_not_on_the_list_is_named():
    data = make_file(Recipe("matroska", "tta", "s16", rate_hz=16_000), tone(1, 16_000))
    with pytest.raises(AudioUnreadable, match=r"not supported \(tta\)"):
        heard(data)


def test_a_claim_of_a_gigabyte_of_sound_gives_what_there_is():
    data = bytearray(wav(tone(1, 16_000), 16_000))
    data[40:44] = struct.pack("<I", 1 << 30)
    assert len(heard(bytes(data))) == 16_000


def wav_claiming(*, rate_hz=16_000, channels=1):
    layout = struct.pack("<HHIIHH", 1, channels, rate_hz, (rate_hz * channels * 2) % 2**32, channels * 2 % 2**16, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + layout
        + b"data"
        + struct.pack("<I", 200_000)
        + bytes(200_000)
    )


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def versioned(kind, *parts):
    return box(kind, bytes(4), *parts)


def film(brand, rate_hz, entry, tables, *information):
    """An MP4 of one audio track, as few boxes as FFmpeg takes, with 1,000 bytes of content."""
    table = box(b"stbl", versioned(b"stsd", struct.pack(">I", 1), entry), *tables)
    media = box(
        b"mdia",
        versioned(b"mdhd", struct.pack(">IIIIHH", 0, 0, rate_hz, 0, 0, 0)),
        versioned(b"hdlr", bytes(4) + b"soun" + bytes(13)),
        box(b"minf", versioned(b"smhd", bytes(4)), *information, table),
    )
    track = box(b"trak", versioned(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, 0) + bytes(60)), media)
    index = box(b"moov", versioned(b"mvhd", struct.pack(">IIII", 0, 0, 1_000, 0) + bytes(80)), track)
    return box(b"ftyp", brand + bytes(4)) + index + box(b"mdat", bytes(1_000))


def sample_table(count, packet_ticks, packet_bytes, offset):
    return (
        versioned(b"stts", struct.pack(">III", 1, count, packet_ticks)),
        versioned(b"stsc", struct.pack(">IIII", 1, 1, count, 1)),
        versioned(b"stsz", struct.pack(">II", packet_bytes, count)),
        versioned(b"stco", struct.pack(">II", 1, offset)),
    )


def sound_entry(codec, rate_hz, *more):
    return box(codec, bytes(6) + b"\x00\x01" + bytes(8) + struct.pack(">HHHHI", 1, 16, 0, 0, rate_hz << 16), *more)


def m4a_claiming_packets(count):
    """Some 1,500 bytes with a table of `count` packets of one byte."""
    description = bytes.fromhex("03190000000411401500000000000000000000000502121006") + b"\x01\x02"
    entry = sound_entry(b"mp4a", 44_100, versioned(b"esds", description))
    return film(b"M4A ", 44_100, entry, sample_table(count, 1_024, 1, 100))


def mov_pointing_to(name, count):
    """A film that says its 16 kHz samples begin at byte 44 of the file `name` beside it."""
    path = b"/any/" + name.encode()
    path += bytes(len(path) % 2)
    alias = bytes(10) + bytes([0]) + bytes(27) + bytes(12) + bytes([len(name)]) + name.encode().ljust(63, b"\x00") + bytes(16)
    alias += struct.pack(">HH", 1, 1) + bytes(16) + struct.pack(">HH", 2, len(path)) + path + struct.pack(">HH", 0xFFFF, 0)
    reference = box(b"dinf", versioned(b"dref", struct.pack(">I", 1), versioned(b"alis", alias)))
    return film(b"qt  ", 16_000, sound_entry(b"sowt", 16_000), sample_table(count, 1, 2, 44), reference)
