// capture.js - runs beside the microphone: its samples, brought to the rate asked for, as PCM16.
//
// A sample out is the mean of the samples it spans. That is enough of a filter for speech: taking
// single samples would fold what lies above the new rate's half back into the voice.

const FRAME_SECONDS = 0.04;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.span = sampleRate / processorOptions.rate; // samples in per sample out
    this.missing = this.span; // of the sample out that is being made
    this.sum = 0;
    this.frame = new Int16Array(Math.round(processorOptions.rate * FRAME_SECONDS));
    this.filled = 0;
    this.loudest = 0;
  }

  process([[samples]]) {
    for (const sample of samples ?? []) this.take(sample);
    return true;
  }

  take(sample) {
    let left = 1; // of this sample, not yet part of a sample out
    while (left >= this.missing) {
      this.put((this.sum + sample * this.missing) / this.span);
      left -= this.missing;
      this.missing = this.span;
      this.sum = 0;
    }
    this.sum += sample * left;
    this.missing -= left;
  }

  put(sample) {
    const held = Math.max(-1, Math.min(1, sample));
    this.loudest = Math.max(this.loudest, Math.abs(held));
    this.frame[this.filled++] = held * 32767;
    if (this.filled < this.frame.length) return;
    this.port.postMessage({ pcm: this.frame.slice().buffer, level: this.loudest });
    this.filled = 0;
    this.loudest = 0;
  }
}

registerProcessor("capture", Capture);
