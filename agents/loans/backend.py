#!/usr/bin/env python3
"""backend.py - a search of the web that is not there, as the one loans asks answers.

    python3 backend.py --port 8085

What Cap keeps and reckons is inside the app; only perplexitySearch asks somebody else. This stands
in for that API, for the demo and for work without a key. How it is served is service.py's.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need

SCHEMA = "CREATE TABLE answers (word TEXT NOT NULL, answer TEXT NOT NULL);"
ANSWERS = [
    ("rate", "Thirty-year loans for rented houses stood near 6.9 per cent this week.[1]"),
    ("rent", "Rents in the area rose by about three per cent over the year.[1][2]"),
]


def fill(db):
    db.executemany("INSERT INTO answers VALUES (?, ?)", ANSWERS)


def complete(records, fields):
    messages = need(fields, "messages")
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        raise Refusal(400, "invalid_messages", "'messages' is a list of role and content.")
    asked = str(messages[-1].get("content", "")).lower()
    text = next((row["answer"] for row in records.rows("SELECT * FROM answers")
                 if row["word"] in asked), "Nothing new was found.")
    return 200, {"model": need(fields, "model"), "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]}


ROUTES = [("POST", "/chat/completions", complete)]

if __name__ == "__main__":
    service.run("the web's search", 8085, ROUTES, SCHEMA, fill)
