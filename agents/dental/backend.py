#!/usr/bin/env python3
"""backend.py - the practice's records behind HTTP: patients, appointments, invoices.

    python3 backend.py --port 8081

A stand-in for the system a real practice has. The data is the same at each start; --db keeps what
was booked. How it is served, and how it refuses, is service.py's.
"""
import os
import sqlite3
import sys
from datetime import datetime

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need, need_date, need_number, need_text

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


def fill(db):
    db.executemany("INSERT INTO patients VALUES (?, ?, ?, ?)", PATIENTS)
    db.executemany("INSERT INTO appointments VALUES (?, ?, ?, ?, ?)", APPOINTMENTS)
    db.executemany("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?)", INVOICES)


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
    patient = need_number(fields, "patient")
    starts, dentist = need_slot(fields, "starts"), need_text(fields, "dentist")
    reason = need_text(fields, "reason")
    get_patient(records, fields, patient)
    try:
        booked = records.change("INSERT INTO appointments (patient, starts, dentist, reason) "
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


ROUTES = [
    ("GET", "/patients", find_patient),
    ("GET", "/patients/{n}", get_patient),
    ("GET", "/patients/{n}/appointments", list_appointments),
    ("GET", "/patients/{n}/invoices", list_invoices),
    ("POST", "/appointments", book_appointment),
    ("GET", "/invoices/{n}", get_invoice),
]

if __name__ == "__main__":
    service.run("Barton Dental", 8081, ROUTES, SCHEMA, fill)
