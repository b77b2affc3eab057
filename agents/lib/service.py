"""service.py - what the backends of these apps share: JSON over HTTP, with SQLite behind it.

A backend stands in for the system a real business has: Python's standard library, nothing else. It
brings a table of routes and a schema; this file reads requests, answers them, and ends by signal.
Every refusal is JSON with an "error_code" for programs and a "message" for people.

    import sys, os
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
    import service

    def find_table(records, fields, table):
        return 200, records.one("table", "SELECT * FROM tables WHERE id = ?", table)

    service.run("the tables", 8082, [("GET", "/tables/{n}", find_table)], SCHEMA, fill)

A route gives (status, body). {n} in its path is a number, {s} a word of letters, digits, - and _;
both are handed on. fields are the query of a GET or DELETE, else the JSON object of the body.
"""
import argparse
import json
import re
import signal
import sqlite3
import sys
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MAX_BODY_BYTES = 64 * 1024
KEPT_ANSWERS = 1000  # of requests with an Idempotency-Key
PARTS = {"{n}": "([0-9]{1,9})", "{s}": "([A-Za-z0-9_-]{1,64})"}


class Refusal(Exception):
    """A request that is answered with an error: HTTP status, error_code, message."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Records:
    """The tables. One connection, one statement at a time."""

    def __init__(self, path, schema, fill):
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        if not self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table'"):
            self.db.executescript(schema)
            fill(self.db)
            self.db.commit()

    def rows(self, sql, *values):
        with self.lock:
            return [dict(row) for row in self.db.execute(sql, values)]

    def one(self, what, sql, *values):
        found = self.rows(sql, *values)
        if not found:
            raise Refusal(404, f"{what}_not_found", f"There is no such {what}.")
        return found[0]

    def change(self, sql, *values):
        """Gives the id of what was inserted."""
        with self.lock, self.db:
            return self.db.execute(sql, values).lastrowid

    def alone(self):
        """with records.alone(): nobody else looks or writes meanwhile."""
        return self.lock

    def close(self):
        with self.lock:
            self.db.close()


def need(fields, name):
    value = fields.get(name)
    if value is None or value == "":
        raise Refusal(400, "missing_parameter", f"'{name}' is missing.")
    return value


def need_date(fields, name):
    text = need(fields, name)
    try:
        return date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise Refusal(400, "invalid_date", f"'{name}' must be a date like 1980-05-01.") from None


def need_text(fields, name, longest=200):
    text = need(fields, name)
    if not isinstance(text, str) or len(text) > longest:
        raise Refusal(400, "invalid_text",
                      f"'{name}' must be a text of at most {longest} characters.")
    return " ".join(text.split())


def need_number(fields, name, least=1, most=2**31 - 1):
    value = need(fields, name)
    if isinstance(value, str) and re.fullmatch("[0-9]{1,10}", value):
        value = int(value)  # of a query
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refusal(400, "invalid_number",
                      f"'{name}' must be a whole number from {least} to {most}.")
    return value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive
    server_version = "backend"
    wbufsize = -1  # head and body leave in one packet
    timeout = 60  # seconds an idle connection is kept

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_PUT(self):
        self.answer("PUT")

    def do_PATCH(self):
        self.answer("PATCH")

    def do_DELETE(self):
        self.answer("DELETE")

    def answer(self, method):
        url = urlsplit(self.path)
        try:
            fields = self.read_fields(method, url.query)
            if url.path != "/health":
                self.misbehave()
            status, body = self.once(lambda: self.route(method, url.path, fields))
        except Refusal as refusal:
            status = refusal.status
            body = {"error_code": refusal.code, "message": refusal.message}
        self.reply(status, body)

    def misbehave(self):
        """What --delay, --fail and --busy ask for, to try how callers of this server take it."""
        time.sleep(self.server.delay_ms / 1000)
        if self.server.fail:
            raise Refusal(503, "unavailable", "The records are down (--fail).")
        if self.server.busy:
            raise Refusal(429, "busy", "Too many requests (--busy).")

    def once(self, act):
        """A request that comes again with its Idempotency-Key gets the answer it had."""
        key, kept = self.headers.get("Idempotency-Key"), self.server.kept
        if not key:
            return act()
        with self.server.records.alone():
            if key not in kept:
                kept[key] = act()
                if len(kept) > KEPT_ANSWERS:
                    del kept[next(iter(kept))]
            return kept[key]

    def read_fields(self, method, query):
        if method in ("GET", "DELETE"):
            return {name: values[-1] for name, values in parse_qs(query).items()}
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refusal(411, "length_required", "Send the body with a Content-Length.")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise Refusal(413, "body_too_large", f"A body has at most {MAX_BODY_BYTES} bytes.")
        try:
            fields = json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError):
            raise Refusal(400, "invalid_json", "The body is not JSON.") from None
        if not isinstance(fields, dict):
            raise Refusal(400, "invalid_json", "The body must be a JSON object.")
        return fields

    def route(self, method, path, fields):
        allowed = []
        for wanted, pattern, kinds, act in self.server.routes:
            match = pattern.fullmatch(path)
            if match and wanted == method:
                parts = [kind(part) for kind, part in zip(kinds, match.groups())]
                return act(self.server.records, fields, *parts)
            if match:
                allowed.append(wanted)
        if allowed:
            raise Refusal(405, "method_not_allowed", f"{path} takes {', '.join(allowed)}.")
        raise Refusal(404, "not_found", f"There is no {path} here.")

    def reply(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *args):
        if self.server.verbose:
            print("%s %s" % (self.log_date_time_string(), format % args), file=sys.stderr)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a caller who went away is no error
            super().handle_error(request, client_address)


def well(_records, _fields):
    return 200, {"ok": True}


def compiled(routes):
    for method, path, act in [("GET", "/health", well)] + routes:
        kinds = [int if part == "{n}" else str for part in re.findall(r"\{.\}", path)]
        for part, pattern in PARTS.items():
            path = path.replace(part, pattern)
        yield method, re.compile(path), kinds, act


def parse_arguments(what, port):
    parser = argparse.ArgumentParser(description=f"The backend of {what}, over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=port, help="0 takes a free one")
    parser.add_argument("--db", default=":memory:", help="SQLite file; default: in memory")
    parser.add_argument("--delay", type=int, default=0, metavar="MS", help="wait before answers")
    parser.add_argument("--fail", action="store_true", help="answer everything with 503")
    parser.add_argument("--busy", action="store_true", help="answer everything with 429")
    parser.add_argument("--verbose", action="store_true", help="print each request")
    return parser.parse_args()


def run(what, port, routes, schema, fill):
    """Serves until SIGINT or SIGTERM. fill(db) writes the first rows of a new database."""
    arguments = parse_arguments(what, port)
    try:
        records = Records(arguments.db, schema, fill)
        server = Server((arguments.host, arguments.port), Handler)
    except (OSError, OverflowError, sqlite3.Error) as error:
        sys.exit(f"backend.py: {error}")
    server.records, server.routes, server.kept = records, list(compiled(routes)), {}
    server.delay_ms, server.verbose = arguments.delay, arguments.verbose
    server.fail, server.busy = arguments.fail, arguments.busy
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    print(f"listening on http://{host}:{port}", flush=True)
    server.serve_forever()
    server.server_close()
    records.close()
