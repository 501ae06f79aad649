#!/usr/bin/env bash
# Say a text and hear it again with nothing but curl: examples/curl.sh [URL]
set -euo pipefail
url=${1:-http://127.0.0.1:8000}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# Wait until the models that are to be warm are.
curl --silent --fail --retry 30 --retry-delay 1 --retry-all-errors "$url/health/ready"
echo

# A text to sound.
curl --silent --fail-with-body "$url/v1/audio/speech" \
  --header 'Content-Type: application/json' \
  --data '{"model": "tts-1", "voice": "en", "input": "The ferry leaves at nine.", "response_format": "wav"}' \
  --output "$folder/speech.wav"

# Sound to subtitles.
curl --silent --fail-with-body "$url/v1/audio/transcriptions" \
  --form file=@"$folder/speech.wav" \
  --form model=whisper-1 \
  --form response_format=srt

# What is wrong is told in JSON, with a code for programs and a sentence for people.
curl --silent "$url/v1/audio/speech" --header 'Content-Type: application/json' --data '{"input": "Hello", "voice": "nobody"}'
echo
