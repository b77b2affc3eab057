#!/usr/bin/env python3
"""demo-caller.py - call an agent over a real WebSocket, and show what happens as it happens.

    python3 scripts/demo-caller.py agents/dental/demo.json \
        'ws://127.0.0.1:8080/v1/realtime?model=dental&events=myna'

Says the lines of the file, prints both sides, tool calls and handoffs, and ends with 0 when the
conversation went as the file says it should:

    { "lines": [...], "expect": [
        { "says": "the greeting was heard", "heard": "Lexi" },
        { "says": "...", "tool": "find_patient", "has": "Latif" },
        { "says": "...", "handoff": "Billing" } ] }

In a line, {saturday} is the date of the first Saturday that is a week or more away.

Python's standard library only: the WebSocket client (RFC 6455) is the first half of this file.
"""
import base64
import hashlib
import json
import os
import socket
import struct
import sys
import time
from datetime import date, timedelta
from urllib.parse import urlsplit

QUIET_SECONDS = 0.8  # a turn is over when nothing is owed and nothing came for so long
TURN_SECONDS = 45.0
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


class WebSocket:
    """A ws:// client: text messages out, text messages in."""

    def __init__(self, url):
        parts = urlsplit(url)
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.shake_hands(parts.netloc, target)

    def shake_hands(self, host, target):
        key = base64.b64encode(os.urandom(16)).decode()
        wanted = base64.b64encode(hashlib.sha1(
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.socket.sendall((
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: realtime\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.pending:
            self.fill()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        status, *rows = head.decode("latin-1").split("\r\n")
        headers = {row.split(":", 1)[0].lower(): row.split(":", 1)[1].strip()
                   for row in rows if ":" in row}
        if " 101 " not in status or headers.get("sec-websocket-accept") != wanted:
            raise ConnectionError(f"the server did not take the call: {status}")

    def fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        self.pending += more

    def send(self, text, opcode=TEXT):
        payload = text.encode() if isinstance(text, str) else text
        mask = os.urandom(4)
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", len(payload))
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", len(payload))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def frame(self):
        """The next whole frame, or None while it is not all here."""
        if len(self.pending) < 2:
            return None
        length, at = self.pending[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(self.pending) < 2 + size:
                return None
            length, at = int.from_bytes(self.pending[2:2 + size], "big"), 2 + size
        if length > MAX_MESSAGE_BYTES:
            raise ConnectionError("the server sent more than this caller takes")
        if len(self.pending) < at + length:
            return None
        first, payload = self.pending[0], self.pending[at:at + length]
        self.pending = self.pending[at + length:]
        return bool(first & 0x80), first & 0x0F, payload

    def receive(self, seconds):
        """The next text message; None when none came within that time."""
        message, deadline = b"", time.monotonic() + seconds
        while True:
            got = self.frame()
            if got is None:
                left = deadline - time.monotonic()
                if left <= 0 and not message:
                    return None
                self.socket.settimeout(max(left, 0.01))
                try:
                    self.fill()
                except socket.timeout:
                    pass
                continue
            final, opcode, payload = got
            if opcode == CLOSE:
                reason = payload[2:].decode("utf-8", "replace")
                raise ConnectionError(f"the server ended the call: {reason or 'no reason given'}")
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode != PONG:
                message += payload
                if final:
                    return message.decode()

    def close(self):
        try:
            self.send(struct.pack("!H", 1000), CLOSE)
            self.socket.close()
        except OSError:
            pass


class Screen:
    """The transcript: a name in the margin, then words as they come."""

    COLOURS = {"caller": "1;37", "agent": "36", "tool": "33", "handoff": "35", "bad": "31",
               "dim": "2"}

    def __init__(self):
        self.plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
        self.speaking = False

    def paint(self, kind, text):
        return text if self.plain else f"\x1b[{self.COLOURS[kind]}m{text}\x1b[0m"

    def line(self, kind, margin, text):
        self.hush()
        print(f"{self.paint(kind, margin.rjust(9))}  {self.paint(kind, text)}", flush=True)

    def words(self, name, text):
        if not self.speaking:
            print(f"{self.paint('agent', name.rjust(9))}  ", end="")
            self.speaking = True
        print(self.paint("agent", text), end="", flush=True)

    def hush(self):
        if self.speaking:
            print()
        self.speaking = False


class Call:
    """What was said and done so far."""

    def __init__(self, socket_, screen):
        self.socket, self.screen = socket_, screen
        self.agent = "agent"
        self.under_way = set()  # responses that are not done
        self.owed = True        # somebody waits for an answer: at first for the greeting
        self.follow = False     # what was said last goes on after a tool or a handoff
        self.heard, self.results, self.handoffs, self.errors = [], {}, [], []
        self.audio_bytes = 0

    def say(self, text):
        self.screen.line("caller", "you", text)
        self.owed = True
        self.send({"type": "conversation.item.create", "item": {
            "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": text}]}})
        self.send({"type": "response.create"})

    def send(self, event):
        self.socket.send(json.dumps(event))

    def listen(self):
        """Takes what comes until the turn is over."""
        deadline = time.monotonic() + TURN_SECONDS
        while time.monotonic() < deadline:
            text = self.socket.receive(QUIET_SECONDS)
            if text is not None:
                self.take(json.loads(text))
            elif not self.owed and not self.under_way:
                self.screen.hush()
                return
        raise ConnectionError("no answer came")

    def take(self, event):
        act = getattr(self, "on_" + event["type"].replace(".", "_"), None)
        if act:
            act(event)

    def on_response_created(self, event):
        self.under_way.add(event["response"]["id"])
        self.follow = False

    def on_response_done(self, event):
        self.under_way.discard(event["response"]["id"])
        self.screen.hush()
        said = any(item.get("type") == "message" for item in event["response"].get("output", []))
        if said and not self.follow:
            self.owed = False

    def on_response_output_audio_delta(self, event):
        self.audio_bytes += len(event["delta"]) * 3 // 4

    def on_response_output_audio_transcript_delta(self, event):
        self.screen.words(self.agent, event["delta"])

    def on_response_output_audio_transcript_done(self, event):
        self.heard.append(event["transcript"])

    def on_error(self, event):
        self.errors.append(event["error"])
        self.screen.line("bad", "error", event["error"].get("message", "?"))

    def on_myna_note(self, event):
        act = getattr(self, "note_" + event["note"], None)
        if act:
            act(event)

    def note_agent_start(self, event):
        self.agent = event.get("agent", self.agent)

    def note_agent_tool_start(self, event):
        self.owed = self.follow = True
        if not is_transfer(event):
            self.screen.line("tool", "tool", f"{event['tool']} {as_text(event.get('args'))}")

    def note_agent_tool_end(self, event):
        result = as_text(event.get("result"))
        self.results[event["tool"]] = result
        if not is_transfer(event):
            self.screen.line("tool", "", f"-> {result}  ({event.get('seconds', 0):.3f} s)")

    def note_agent_handoff(self, event):
        self.owed = self.follow = True
        self.agent = event["to"]
        self.handoffs.append(event["to"])
        self.screen.line("handoff", "handoff", f"{event['from']} -> {event['to']}")

    def verdicts(self, expected):
        """What must be true of this conversation: (sentence, whether it is)."""
        return [(row["says"], self.holds(row)) for row in expected] + [
            ("speech came as audio", self.audio_bytes > 0),
            ("no event was refused", not self.errors),
        ]

    def holds(self, row):
        if "heard" in row:
            return row["heard"] in " ".join(self.heard)
        if "handoff" in row:
            return row["handoff"] in self.handoffs
        return row["has"] in self.results.get(row["tool"], "")


def saturday():
    day = date.today() + timedelta(days=7)
    return (day + timedelta(days=(5 - day.weekday()) % 7)).isoformat()


def is_transfer(event):
    """A handoff is a tool to the model; the line of the handoff says it better."""
    return event["tool"].startswith("transfer_to_")


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: demo-caller.py DEMO.json ws://host:port/v1/realtime?model=APP&events=myna")
    screen = Screen()
    with open(sys.argv[1], encoding="utf-8") as file:
        demo = json.load(file)
    try:
        call = Call(WebSocket(sys.argv[2]), screen)
        call.listen()
        for line in demo["lines"]:
            call.say(line.replace("{saturday}", saturday()))
            call.listen()
        call.socket.close()
    except (OSError, ValueError) as error:
        screen.line("bad", "error", str(error))
        return 1
    print()
    verdicts = call.verdicts(demo["expect"])
    for sentence, true in verdicts:
        screen.line("dim" if true else "bad", "ok" if true else "NOT SO", sentence)
    return 0 if all(true for _, true in verdicts) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
