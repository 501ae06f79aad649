"""Hear a recording through the official OpenAI client: python examples/hear.py FILE [BASE_URL]."""

import sys
from pathlib import Path

from openai import OpenAI

recording, base_url, *_ = [*sys.argv[1:], "http://127.0.0.1:8000/v1"]

client = OpenAI(base_url=base_url, api_key="any")

# As it is heard: one event for each piece of text, and one with all of it at the end.
for event in client.audio.transcriptions.create(model="whisper-1", file=Path(recording), stream=True):
    if event.type == "transcript.text.delta":
        sys.stdout.write(event.delta)
        sys.stdout.flush()
sys.stdout.write("\n\n")

# All at once, with the time of every word.
transcript = client.audio.transcriptions.create(
    model="whisper-1", file=Path(recording), response_format="verbose_json", timestamp_granularities=["word"]
)
for word in transcript.words or []:
    sys.stdout.write(f"{word.start:8.2f} {word.end:8.2f}  {word.word}\n")
