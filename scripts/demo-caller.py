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

Python's standard library only.
"""
import json
import os
import sys
import time
from datetime import date, timedelta

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "agents", "lib"))
from websocket import WebSocket

QUIET_SECONDS = 0.8  # a turn is over when nothing is owed and nothing came for so long
TURN_SECONDS = 45.0


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
        self.results[event["tool"]] = self.results.get(event["tool"], "") + result
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
