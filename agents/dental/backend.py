#!/usr/bin/env python3
"""backend.py - the practice's records behind HTTP: patients, appointments, invoices.

    python3 backend.py --port 8081

A stand-in for the system a real practice has. Python's standard library and SQLite, nothing else.
The data is the same at each start; --db keeps what was booked. Every refusal is JSON with an
"error_code" for programs and a "message" for people.
"""
import argparse
import json
import re
import signal
import sqlite3
import sys
import threading
import time
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MAX_BODY_BYTES = 64 * 1024

SCHEMA = """
CREATE TABLE patients (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, born TEXT NOT NULL, phone TEXT NOT NULL);
CREATE TABLE appointments (
    id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients(id),
    starts TEXT NOT NULL, dentist TEXT NOT NULL, reason TEXT NOT NULL,
    UNIQUE (starts, dentist));
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients(id),
    issued TEXT NOT NULL, treatment TEXT NOT NULL, pounds REAL NOT NULL, status TEXT NOT NULL);
"""
PATIENTS = [
    (7, "Ada Okafor", "1991-11-23", "020 7946 0101"),
    (13, "Tom Reyes", "1968-02-09", "020 7946 0102"),
    (22, "Sam Latif", "1980-05-01", "020 7946 0103"),
    (23, "Sam Latif", "2009-08-17", "020 7946 0103"),
    (41, "Grace Lindqvist", "1955-12-30", "020 7946 0104"),
]
APPOINTMENTS = [
    (501, 22, "2027-03-02T10:00", "Dr Shah", "Check-up"),
    (502, 7, "2027-03-02T10:30", "Dr Shah", "Filling"),
    (503, 41, "2027-03-03T09:00", "Dr Moreau", "Crown fitting"),
]
INVOICES = [
    (1038, 7, "2026-09-14", "Check-up", 27.40, "paid"),
    (1041, 22, "2026-10-05", "Hygienist", 62.00, "paid"),
    (1052, 22, "2026-11-02", "Filling, upper left", 86.50, "open"),
    (1060, 41, "2026-11-10", "Crown, first part", 240.00, "open"),
]


class Refusal(Exception):
    """A request that is answered with an error: HTTP status, error_code, message."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Records:
    """The tables. One connection, one statement at a time."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'patients'"):
            self.fill()

    def fill(self):
        self.db.executescript(SCHEMA)
        self.db.executemany("INSERT INTO patients VALUES (?, ?, ?, ?)", PATIENTS)
        self.db.executemany("INSERT INTO appointments VALUES (?, ?, ?, ?, ?)", APPOINTMENTS)
        self.db.executemany("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?)", INVOICES)
        self.db.commit()

    def rows(self, sql, *values):
        with self.lock:
            return [dict(row) for row in self.db.execute(sql, values)]

    def one(self, what, sql, *values):
        found = self.rows(sql, *values)
        if not found:
            raise Refusal(404, f"{what}_not_found", f"There is no such {what}.")
        return found[0]

    def insert(self, sql, *values):
        with self.lock, self.db:
            return self.db.execute(sql, values).lastrowid

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


def need_text(fields, name):
    text = need(fields, name)
    if not isinstance(text, str) or len(text) > 200:
        raise Refusal(400, "invalid_text", f"'{name}' must be a text of at most 200 characters.")
    return " ".join(text.split())


def need_slot(fields, name):
    text = need(fields, name)
    try:
        starts = datetime.strptime(text, "%Y-%m-%dT%H:%M")
    except (TypeError, ValueError):
        raise Refusal(400, "invalid_time",
                      f"'{name}' must be a time like 2027-03-02T10:00.") from None
    if starts.minute not in (0, 30) or not 8 <= starts.hour < 18 or starts.weekday() > 4:
        raise Refusal(400, "outside_hours",
                      "Appointments start on the half hour, Monday to Friday, 8:00 to 17:30.")
    return starts.strftime("%Y-%m-%dT%H:%M")


def get_health(_records, _fields):
    return 200, {"ok": True}


def find_patient(records, fields):
    name, born = need_text(fields, "name"), need_date(fields, "born")
    return 200, records.one("patient", "SELECT * FROM patients WHERE lower(name) = lower(?) "
                            "AND born = ?", name, born)


def get_patient(records, _fields, patient):
    return 200, records.one("patient", "SELECT * FROM patients WHERE id = ?", patient)


def list_appointments(records, fields, patient):
    get_patient(records, fields, patient)
    return 200, {"appointments": records.rows(
        "SELECT * FROM appointments WHERE patient = ? ORDER BY starts", patient)}


def book_appointment(records, fields):
    patient = need(fields, "patient")
    if not isinstance(patient, int) or isinstance(patient, bool) or not 0 < patient < 2**31:
        raise Refusal(400, "invalid_number", "'patient' must be a patient's number.")
    starts, dentist = need_slot(fields, "starts"), need_text(fields, "dentist")
    reason = need_text(fields, "reason")
    get_patient(records, fields, patient)
    try:
        booked = records.insert("INSERT INTO appointments (patient, starts, dentist, reason) "
                                "VALUES (?, ?, ?, ?)", patient, starts, dentist, reason)
    except sqlite3.IntegrityError:
        raise Refusal(409, "slot_taken", f"{dentist} is not free at {starts}.") from None
    return 201, records.one("appointment", "SELECT * FROM appointments WHERE id = ?", booked)


def list_invoices(records, fields, patient):
    get_patient(records, fields, patient)
    return 200, {"invoices": records.rows(
        "SELECT * FROM invoices WHERE patient = ? ORDER BY issued DESC", patient)}


def get_invoice(records, _fields, invoice):
    return 200, records.one("invoice", "SELECT * FROM invoices WHERE id = ?", invoice)


ROUTES = [  # method, path, what answers it; {n} is a number handed on
    ("GET", "/health", get_health),
    ("GET", "/patients", find_patient),
    ("GET", "/patients/{n}", get_patient),
    ("GET", "/patients/{n}/appointments", list_appointments),
    ("GET", "/patients/{n}/invoices", list_invoices),
    ("POST", "/appointments", book_appointment),
    ("GET", "/invoices/{n}", get_invoice),
]
PATTERNS = [(method, re.compile(path.replace("{n}", "([0-9]{1,9})")), act)
            for method, path, act in ROUTES]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive
    server_version = "dental-backend"
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
            status, body = self.route(method, url.path, fields)
        except Refusal as refusal:
            status = refusal.status
            body = {"error_code": refusal.code, "message": refusal.message}
        self.reply(status, body)

    def misbehave(self):
        """What --delay and --fail ask for, to try how callers of this server take it."""
        time.sleep(self.server.delay_ms / 1000)
        if self.server.fail:
            raise Refusal(503, "unavailable", "The records are down (--fail).")

    def read_fields(self, method, query):
        if method == "GET":
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
        for wanted, pattern, act in PATTERNS:
            match = pattern.fullmatch(path)
            if match and wanted == method:
                return act(self.server.records, fields, *map(int, match.groups()))
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


def parse_arguments():
    parser = argparse.ArgumentParser(description="The records of Barton Dental, over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--db", default=":memory:", help="SQLite file; default: in memory")
    parser.add_argument("--delay", type=int, default=0, metavar="MS", help="wait before answers")
    parser.add_argument("--fail", action="store_true", help="answer everything with 503")
    parser.add_argument("--verbose", action="store_true", help="print each request")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        records = Records(arguments.db)
        server = Server((arguments.host, arguments.port), Handler)
    except (OSError, OverflowError, sqlite3.Error) as error:
        sys.exit(f"backend.py: {error}")
    server.records, server.verbose = records, arguments.verbose
    server.delay_ms, server.fail = arguments.delay, arguments.fail
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    print(f"listening on http://{host}:{port}", flush=True)
    server.serve_forever()
    server.server_close()
    records.close()


if __name__ == "__main__":
    main()
