// browser.mjs - a person at the playground page: Chromium, with a microphone that speaks by itself.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const BINARY = process.env.CHROMIUM ?? "/usr/bin/chromium";
const STARTS_MS = 30_000;
const WAIT_MS = 20_000;
const FLAGS = [
  "--no-sandbox", // root, in a container
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** What a test's skip option takes: false, or why there is no browser. */
export const noBrowser = existsSync(BINARY)
  ? false
  : `${BINARY} is not there: scripts/deps test installs it, or let CHROMIUM name another one`;

const MIC_HZ = 48000;
const SPOKEN_SECONDS = 1.2;
const PAUSE_SECONDS = 4.8; // the file is played in a circle: there is room for an answer

/** A WAV file of something like a voice, then silence: a hum of 140 Hz in syllables. */
function voice() {
  const samples = new Int16Array(MIC_HZ * (SPOKEN_SECONDS + PAUSE_SECONDS));
  const header = Buffer.alloc(44);

  for (let i = 0; i < MIC_HZ * SPOKEN_SECONDS; i++) {
    const t = i / MIC_HZ;
    let hum = 0;
    for (let k = 1; k < 12; k++) hum += Math.sin(2 * Math.PI * 140 * k * t) / k;
    samples[i] = 4500 * hum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * t));
  }
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16); // bytes of what follows, up to "data"
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(MIC_HZ, 24);
  header.writeUInt32LE(MIC_HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/**
 * Runs in the page, before its scripts: taps what goes to the loudspeaker.
 * Of its pieces, window.ear counts those started, those stopped before their end, and those that
 * are playing or queued; loudness() is that of this moment.
 */
function listenIn() {
  const ear = { contexts: [], taps: [], started: 0, stopped: 0, playing: 0 };
  const { connect } = AudioNode.prototype;
  const { start, stop } = AudioBufferSourceNode.prototype;

  ear.loudness = () =>
    Math.max(0, ...ear.taps.map((tap) => {
      const samples = new Float32Array(tap.fftSize);
      tap.getFloatTimeDomainData(samples);
      return Math.max(...samples.map(Math.abs));
    }));
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      if (!ear.contexts.includes(this.context)) {
        ear.contexts.push(this.context);
        ear.taps.push(this.context.createAnalyser());
      }
      connect.call(this, ear.taps[ear.contexts.indexOf(this.context)]);
    }
    return connect.call(this, to, ...rest);
  };
  AudioBufferSourceNode.prototype.start = function (...when) {
    ear.started++;
    ear.playing++;
    this.addEventListener("ended", () => ear.playing--);
    return start.apply(this, when);
  };
  AudioBufferSourceNode.prototype.stop = function () {
    ear.stopped++;
    return stop.call(this);
  };
  window.ear = ear;
}

export class Browser {
  /** What the page complained of: exceptions, errors on the console, violations of its policy. */
  complaints = [];

  static async start() {
    const browser = new Browser();
    browser.folder = await mkdtemp(join(tmpdir(), "myna-browser-"));
    try {
      const wav = join(browser.folder, "voice.wav");
      await writeFile(wav, voice());
      browser.own = await chromium.launchPersistentContext(join(browser.folder, "profile"), {
        executablePath: BINARY,
        headless: true,
        args: [...FLAGS, `--use-file-for-fake-audio-capture=${wav}`],
        timeout: STARTS_MS,
      });
      browser.own.setDefaultTimeout(WAIT_MS);
      await browser.own.addInitScript(listenIn);
    } catch (error) {
      await browser.stop();
      throw error;
    }
    return browser;
  }

  /** The playground at this address, in a tab of its own. */
  async open(url, { width = 1280, height = 800 } = {}) {
    const page = await this.own.newPage();
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") this.complaints.push(line.text());
    });
    await page.setViewportSize({ width, height });
    await page.goto(url);
    return page;
  }

  /** What was complained of since this was last asked. */
  complained() {
    return this.complaints.splice(0);
  }

  async stop() {
    await this.own?.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
