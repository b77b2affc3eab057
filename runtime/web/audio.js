// audio.js - the page's mouth and ear: PCM16 at 24 kHz, as the Realtime API speaks it.

const RATE_HZ = 24000;
const LEAD_SECONDS = 0.06; // a cushion against jitter before a silent speaker starts

function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(text);
}

function fromBase64(text) {
  const raw = atob(text);
  const view = new DataView(new ArrayBuffer(raw.length));
  for (let i = 0; i < raw.length; i++) view.setUint8(i, raw.charCodeAt(i));
  const samples = new Float32Array(raw.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
  return samples;
}

/** Plays what it is given, one piece after the other, without gaps. */
export class Speaker {
  #context = new AudioContext({ sampleRate: RATE_HZ });
  #playing = new Set();
  #end = 0; // when what is queued will have been played, on the context's clock

  constructor() {
    this.#context.resume(); // made in a click, so that browsers allow it
  }

  play(base64) {
    const samples = fromBase64(base64);
    if (samples.length === 0) return;
    const buffer = this.#context.createBuffer(1, samples.length, RATE_HZ);
    const source = this.#context.createBufferSource();
    buffer.copyToChannel(samples, 0);
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => this.#playing.delete(source);
    this.#end = Math.max(this.#end, this.#context.currentTime + LEAD_SECONDS);
    source.start(this.#end);
    this.#end += buffer.duration;
    this.#playing.add(source);
  }

  /** Falls silent at once: what was queued is never heard. */
  clear() {
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
    this.#end = 0;
  }

  close() {
    this.clear();
    this.#context.close();
  }
}

/** Listens, and hands on base64 of each 40 ms with its loudness (0 to 1). */
export class Microphone {
  #stream;
  #context;
  #capture;

  static async open(onFrame) {
    const microphone = new Microphone();
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
    if (!navigator.mediaDevices) throw new Error("a browser gives one to https and localhost only");
    microphone.#stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      await microphone.#listen(onFrame);
    } catch (error) {
      microphone.close();
      throw error;
    }
    return microphone;
  }

  async #listen(onFrame) {
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule("capture.js");
    const capture = (this.#capture = new AudioWorkletNode(this.#context, "capture", {
      numberOfOutputs: 0,
      processorOptions: { rate: RATE_HZ },
    }));
    capture.port.onmessage = ({ data }) => onFrame(toBase64(new Uint8Array(data.pcm)), data.level);
    this.#context.createMediaStreamSource(this.#stream).connect(capture);
  }

  close() {
    if (this.#capture) this.#capture.port.onmessage = null; // frames may be on their way
    for (const track of this.#stream.getTracks()) track.stop();
    this.#context?.close();
  }
}
