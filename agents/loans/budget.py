#!/usr/bin/env python3
"""budget.py - measure what a call to Cap costs, and hold it to the budget.

    python3 agents/loans/budget.py build/release/myna

    voice          first sound of an answer within 500 ms of the caller's last one
    interruption   the caller is known to speak within 100 ms, and no sound comes after that
    tools          each within 3 s
    memory, CPU    under 50 MB, and under 20 % of a core, a call and the server together

The model is the simulator, so what a real one takes to think is not in it; what Myna, the turn
detection and a network of none take is. Prints a table; the status is 1 when something is over.
"""
import base64
import json
import math
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from websocket import WebSocket

FRAME_MS, RATE = 20, 24000
TURNS = 4
TALK_MS, PAUSE_MS = 900, 1200
TYPED = json.load(open(os.path.join(HERE, "demo.json"), encoding="utf-8"))["lines"]


def sound(loud):
    """20 ms of a tone, or of silence, as base64."""
    samples = (int(9000 * math.sin(i / 9)) if loud else 0 for i in range(RATE * FRAME_MS // 1000))
    return base64.b64encode(b"".join(struct.pack("<h", sample) for sample in samples)).decode()


class Line:
    """A caller whose microphone never stops: a frame every 20 ms, whatever else happens."""

    def __init__(self, url):
        self.socket, self.events = WebSocket(url), []
        self.frames = {loud: json.dumps({"type": "input_audio_buffer.append", "audio": sound(loud)})
                       for loud in (True, False)}

    def sends(self, loud, ms):
        """Returns when the last of these frames left."""
        due = time.monotonic()
        for _ in range(ms // FRAME_MS):
            self.socket.send(self.frames[loud])
            due += FRAME_MS / 1000
            while (left := due - time.monotonic()) > 0:
                self.take(self.socket.receive(left))
        return time.monotonic()

    def take(self, text):
        if text:
            self.events.append((time.monotonic(), json.loads(text)))

    def first(self, kind, after):
        """When the first event of a kind, or note of that name, came after a time; or None."""
        return next((at for at, event in self.events
                     if at >= after and kind in (event["type"], event.get("note"))), None)

    def until(self, kind, after, seconds=20):
        """Silence is sent until such an event came; gives its time."""
        end = time.monotonic() + seconds
        while self.first(kind, after) is None and time.monotonic() < end:
            self.sends(False, FRAME_MS)
        return self.first(kind, after) or sys.exit(f"budget: no {kind} came")

    def says(self, text):
        item = {"type": "message", "role": "user",
                "content": [{"type": "input_text", "text": text}]}
        self.socket.send(json.dumps({"type": "response.cancel"}))
        self.socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        self.socket.send(json.dumps({"type": "response.create"}))


def usage_of(pid):
    """Seconds of CPU so far, and megabytes of memory now."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        kilobytes = next(int(row.split()[1]) for row in file if row.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), kilobytes / 1024


def talk(line):
    """Some turns by voice, the answer to each cut off. Gives latencies and interruptions in ms."""
    voice, noticed, late = [], [], 0
    for _ in range(TURNS):
        ended = line.sends(True, TALK_MS)
        heard = line.until("response.output_audio.delta", ended)
        voice.append((heard - ended) * 1000)
        line.sends(False, 400)
        began = time.monotonic()
        line.sends(True, 300)
        started = line.until("input_audio_buffer.speech_started", began)
        noticed.append((started - began) * 1000)
        stopped = line.until("input_audio_buffer.speech_stopped", started)
        late += sum(event["type"] == "response.output_audio.delta" and started < at < stopped
                    for at, event in line.events)
        line.sends(False, PAUSE_MS)
    return voice, noticed, late


def tools(line):
    for text in TYPED:
        asked = time.monotonic()
        line.says(text)
        line.until("agent_tool_end", asked)
        line.sends(False, PAUSE_MS)
    return {event["tool"]: event["seconds"] for _, event in line.events
            if event["type"] == "myna.note" and event["note"] == "agent_tool_end"}


def start(*command, **variables):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, env={**os.environ, **variables})
    for text in process.stdout:
        if "listening on " in text:
            return process, text.split("listening on ")[1].strip().rstrip("/")
    sys.exit(f"budget: {command[0]} did not start")


def measure(binary, folder):
    web, web_url = start(sys.executable, os.path.join(HERE, "backend.py"), "--port", "0")
    server, url = start(binary, "serve", HERE, "--port", "0", "--upstream", "sim", "--store",
                        os.path.join(folder, "leads.db"), "--watch", "off", MARKET_URL=web_url)
    try:
        line = Line(f"ws{url[4:]}/v1/realtime?model=loans&events=myna")
        line.until("response.done", 0)
        line.sends(False, 3500)  # the greeting is heard
        cpu, began = usage_of(server.pid)[0], time.monotonic()
        voice, noticed, late = talk(line)
        took = tools(line)
        cpu = (usage_of(server.pid)[0] - cpu) / (time.monotonic() - began)
        return [
            ("voice, median", statistics.median(voice), 500, "ms"),
            ("interruption noticed, median", statistics.median(noticed), 100, "ms"),
            ("frames of sound after it", late, 0, ""),
            (f"slowest of {len(took)} tools", max(took.values(), default=99) * 1000, 3000, "ms"),
            ("memory", usage_of(server.pid)[1], 50, "MB"),
            ("CPU of one core", cpu * 100, 20, "%"),
        ]
    finally:
        for process in (server, web):
            process.terminate()
            process.wait()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: budget.py build/release/myna")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(sys.argv[1], folder)
    for what, value, most, unit in rows:
        verdict = "" if value <= most else "OVER"
        print(f"{what:32}{value:9.1f} {unit:3} of {most:5} {unit:3} {verdict}")
    return 0 if all(value <= most for _, value, most, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
