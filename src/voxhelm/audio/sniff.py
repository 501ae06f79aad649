"""What a file that cannot be read looks like, for the error message."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"OggS", "an Ogg file, damaged or cut off"),
    (b"fLaC", "a FLAC file, damaged or cut off"),
    (b"\x1a\x45\xdf\xa3", "a WebM or Matroska file, damaged or cut off"),
)

_PLAYLISTS = ("#extm3u", "ffconcat", "[playlist]", "v=0", "<asx", "<mpd", "<smil", "[reference]")


def describe(head: bytes) -> str:
    """Name what begins with the bytes `head` (some dozens are enough): "a PNG image", "text", "unknown data"."""
    if not head:
        return "an empty file (0 bytes)"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image"
    if head[:4] == b"RIFF":
        return "a WAV file, damaged or cut off"
    if head[4:8] == b"ftyp":
        return "an MP4 or M4A file, damaged or cut off"
    text = _as_text(head)
    if text is None:
        return "unknown data"
    opening = text.lstrip("\ufeff \t\r\n").lower()
    if opening.startswith(_PLAYLISTS):
        return "a playlist, which names audio and holds none"
    if opening.startswith(("<!doctype html", "<html")):
        return "a web page"
    if opening.startswith(("{", "[")):
        return "JSON or similar text"
    return "text"


def _as_text(head: bytes) -> str | None:
    """The text `head` holds, None when it holds control characters or is not UTF-8. A character cut off at the end is forgiven."""
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return text if all(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text) else None
    return None
