"""Say a text through the official OpenAI client: python examples/say.py [TEXT] [FILE] [BASE_URL]."""

import sys

from openai import OpenAI

text, file, base_url, *_ = [*sys.argv[1:], *("Good morning.", "speech.mp3", "http://127.0.0.1:8000/v1")[len(sys.argv) - 1 :]]

# There are no keys yet; the client insists on one, and any will do.
client = OpenAI(base_url=base_url, api_key="any")

with client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input=text) as response:
    response.stream_to_file(file)
