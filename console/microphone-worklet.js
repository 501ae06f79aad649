/** Runs beside the page, where sound is rendered: hands over the microphone in frames of 20 ms. */

const FRAMES_PER_SECOND = 50;

class Frames extends AudioWorkletProcessor {
  #frame = new Float32Array(Math.round(sampleRate / FRAMES_PER_SECOND));
  #filled = 0;

  process([input]) {
    const samples = input[0];
    if (!samples) return true; // nothing is connected at this moment
    for (let done = 0; done < samples.length;) {
      const part = samples.subarray(done, done + this.#frame.length - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      done += part.length;
      if (this.#filled === this.#frame.length) {
        // currentTime is of the beginning of this block.
        this.port.postMessage({ samples: this.#frame.slice(), endSeconds: currentTime + done / sampleRate });
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('frames', Frames);
