// capture.js - runs beside the microphone: its samples, brought to the rate asked for, as PCM16.

const FRAME_SECONDS = 0.04;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.step = sampleRate / processorOptions.rate; // samples of the microphone per sample out
    this.at = 0; // where the next sample out lies, counted from the block's first sample
    this.last = 0; // the sample before the block
    this.frame = new Int16Array(Math.round(processorOptions.rate * FRAME_SECONDS));
    this.filled = 0;
    this.loudest = 0;
  }

  process([[samples]]) {
    if (!samples) return true;
    while (this.at < samples.length) {
      const i = Math.floor(this.at);
      const before = i === 0 ? this.last : samples[i - 1];
      this.put(before + (samples[i] - before) * (this.at - i));
      this.at += this.step;
    }
    this.at -= samples.length;
    this.last = samples[samples.length - 1];
    return true;
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
