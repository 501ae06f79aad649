"""What tests do with the console, over and over."""

import base64
import io
from pathlib import Path

import av
from playwright.sync_api import Page, expect

SENTENCE = "The ferry leaves at nine in the morning."
LONG = " ".join(f"This is sentence number {number} of a long story." for number in range(40))

# How many pixels of a canvas are painted above and below the thin line that an empty waveform is.
TALL_PIXELS = """(canvas) => {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const middle = height / 2;
  let painted = 0;
  for (let y = 0; y < height; y += 1) {
    if (Math.abs(y - middle) < 6) continue;
    for (let x = 0; x < width; x += 1) if (data[4 * (y * width + x) + 3] > 0) painted += 1;
  }
  return painted;
}"""

DROP = """([selector, files]) => {
  const transfer = new DataTransfer();
  for (const { name, type, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const panel = document.querySelector(selector);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    panel.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, *paths: Path) -> None:
    """Drop files from outside onto the page."""
    files = [{"name": path.name, "type": "audio/wav", "base64": base64.b64encode(path.read_bytes()).decode()} for path in paths]
    page.evaluate(DROP, ["body", files])


def speak(page: Page, text: str) -> None:
    """Speak `text` and wait until all of it came."""
    page.fill("#say-text", text)
    page.click("#speak")
    expect(page.locator("#hear-this")).to_be_enabled()


def hear(page: Page, *paths: Path) -> None:
    """Hear files, and wait until the first of them can be edited."""
    page.click("#tab-hear")
    page.set_input_files("#hear-files", list(paths))
    expect(page.locator("#edit-start")).to_be_visible()


def shown_seconds(page: Page, transport: str) -> float:
    """The length that the slider of a waveform tells."""
    return float(page.get_attribute(f"{transport} .waveform", "aria-valuemax") or 0)


def seconds_of(data: bytes, kind: str) -> float:
    """How long `data` really plays, by decoding all of it."""
    if kind == "pcm":
        return len(data) / 2 / 24000
    with av.open(io.BytesIO(data)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def saved(page: Page, selector: str) -> tuple[str, bytes]:
    """Press what saves a file; its name and bytes."""
    with page.expect_download() as download:
        page.click(selector)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()
