/** Beside the page, where sound is rendered. Moments are seconds of the AudioContext. */

const LOUD = 0.03;
// So much silence ends what is heard; less is the noise between letters, or a packet that was late.
const QUIET_SECONDS = 0.25;
const FRAMES_PER_SECOND = 50;

/** Hands over the microphone in frames of 20 ms, with the moment at which each ends. */
class Microphone extends AudioWorkletProcessor {
  #frame = new Float32Array(sampleRate / FRAMES_PER_SECOND);
  #filled = 0;

  process([[channel]]) {
    if (!channel) return true;
    for (const [index, sample] of channel.entries()) {
      this.#frame[this.#filled++] = sample;
      if (this.#filled === this.#frame.length) {
        this.port.postMessage({ samples: this.#frame.slice(), until: currentTime + (index + 1) / sampleRate });
        this.#filled = 0;
      }
    }
    return true;
  }
}

/** Tells when something begins to be heard, and, once it is certain, since when nothing is. */
class Ear extends AudioWorkletProcessor {
  #lastLoud = -Infinity;
  #hears = false;

  process([[channel]]) {
    for (const [index, sample] of (channel ?? []).entries()) {
      if (Math.abs(sample) < LOUD) continue;
      const at = currentTime + index / sampleRate;
      if (!this.#hears) {
        this.#hears = true;
        this.port.postMessage({ heard: at });
      }
      this.#lastLoud = at;
    }
    if (this.#hears && currentTime - this.#lastLoud > QUIET_SECONDS) {
      this.#hears = false;
      this.port.postMessage({ quiet: this.#lastLoud });
    }
    return true;
  }
}

registerProcessor('microphone', Microphone);
registerProcessor('ear', Ear);
