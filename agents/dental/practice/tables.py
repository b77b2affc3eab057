"""tables.py - the practice's tables, and what stands in them at first."""

SCHEMA = """
CREATE TABLE patients (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, born TEXT NOT NULL, phone TEXT NOT NULL,
    email TEXT, address TEXT, reminders TEXT NOT NULL DEFAULT 'sms',
    guardian INTEGER REFERENCES patients(id), recall_months INTEGER DEFAULT 6,
    UNIQUE (name, born));
CREATE TABLE appointments (
    id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients(id),
    starts TEXT NOT NULL, dentist TEXT NOT NULL, reason TEXT NOT NULL,
    confirmed INTEGER NOT NULL DEFAULT 0, late_minutes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (starts, dentist), UNIQUE (starts, patient));
CREATE TABLE visits (patient INTEGER, day TEXT, dentist TEXT, treatment TEXT);
CREATE TABLE waiting (
    patient INTEGER PRIMARY KEY REFERENCES patients(id), since TEXT NOT NULL,
    first_day TEXT NOT NULL, last_day TEXT NOT NULL);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients(id),
    issued TEXT NOT NULL, treatment TEXT NOT NULL, pounds REAL NOT NULL, status TEXT NOT NULL);
CREATE TABLE payments (patient INTEGER, invoice INTEGER, day TEXT, pounds REAL, way TEXT);
CREATE TABLE policies (
    id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients(id),
    insurer TEXT NOT NULL, number TEXT NOT NULL, UNIQUE (insurer, number));
CREATE TABLE cover (insurer TEXT, code TEXT, percent INTEGER, PRIMARY KEY (insurer, code));
CREATE TABLE treatments (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, pounds REAL NOT NULL, minutes INTEGER NOT NULL);
CREATE TABLE plans (patient INTEGER, step INTEGER, code TEXT, done INTEGER);
CREATE TABLE documents (id INTEGER PRIMARY KEY, patient INTEGER, title TEXT, day TEXT);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY, patient INTEGER, kind TEXT NOT NULL, about TEXT NOT NULL,
    words TEXT NOT NULL, day TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open');
CREATE TABLE staff (name TEXT PRIMARY KEY, role TEXT NOT NULL, days TEXT NOT NULL, room INTEGER);
CREATE TABLE rooms (
    number INTEGER PRIMARY KEY, floor TEXT NOT NULL, step_free INTEGER, equipment TEXT);
CREATE TABLE closures (day TEXT PRIMARY KEY, reason TEXT NOT NULL);
"""

ROWS = {
    "patients (id, name, born, phone, email, guardian)": [
        (7, "Ada Okafor", "1991-11-23", "020 7946 0101", "ada@example.com", None),
        (13, "Tom Reyes", "1968-02-09", "020 7946 0102", None, None),
        (22, "Sam Latif", "1980-05-01", "020 7946 0103", "sam@example.com", None),
        (23, "Sam Latif", "2009-08-17", "020 7946 0103", None, 22),  # his child, of one name
        (41, "Grace Lindqvist", "1955-12-30", "020 7946 0104", "grace@example.com", None),
    ],
    "appointments (id, patient, starts, dentist, reason)": [
        (501, 22, "2027-03-02T10:00", "Dr Shah", "Check-up"),
        (502, 7, "2027-03-02T10:30", "Dr Shah", "Filling"),
        (503, 41, "2027-03-03T09:00", "Dr Moreau", "Crown fitting"),
    ],
    "visits": [
        (7, "2026-09-14", "Dr Shah", "Check-up"),
        (22, "2026-10-05", "Kim Osei", "Hygienist"),
        (22, "2026-11-02", "Dr Shah", "Filling, upper left"),
        (41, "2026-11-10", "Dr Moreau", "Crown, first part"),
    ],
    "invoices": [
        (1038, 7, "2026-09-14", "Check-up", 27.40, "paid"),
        (1041, 22, "2026-10-05", "Hygienist", 62.00, "paid"),
        (1052, 22, "2026-11-02", "Filling, upper left", 86.50, "open"),
        (1060, 41, "2026-11-10", "Crown, first part", 240.00, "open"),
    ],
    "payments": [
        (7, 1038, "2026-09-14", 27.40, "card"),
        (22, 1041, "2026-10-12", 62.00, "link"),
    ],
    "policies": [(71, 22, "Wellbridge", "WB-204417"), (72, 41, "Oakshield", "OS-99120")],
    "cover": [
        ("Wellbridge", "CHECK", 100), ("Wellbridge", "HYG", 100), ("Wellbridge", "FILL", 50),
        ("Oakshield", "CHECK", 80), ("Oakshield", "CROWN", 30),
    ],
    "treatments": [
        ("CHECK", "Check-up", 27.40, 30), ("HYG", "Hygienist", 62.00, 30),
        ("FILL", "Filling", 86.50, 30), ("CROWN", "Crown", 480.00, 60),
        ("ROOT", "Root canal", 320.00, 90), ("WHITE", "Whitening", 295.00, 60),
    ],
    "plans": [(22, 1, "FILL", 1), (22, 2, "HYG", 0), (41, 1, "CROWN", 0)],
    "documents": [
        (801, 22, "Estimate for a filling", "2026-10-20"),
        (802, 22, "X-ray, upper left", "2026-11-02"),
        (803, 13, "Letter of discharge", "2025-06-30"),
    ],
    "requests (id, patient, kind, about, words, day)": [
        (901, 22, "prescription", "Fluoride toothpaste", "As last time.", "2026-11-03"),
        (902, 41, "referral", "orthodontics", "The bite of the new crown.", "2026-11-10"),
    ],
    "staff": [
        ("Dr Shah", "dentist", "Mon Tue Wed Thu", 1),
        ("Dr Moreau", "dentist", "Tue Wed Thu Fri", 2),
        ("Kim Osei", "hygienist", "Mon Wed Fri", 3),
        ("Bea Lund", "manager", "Mon Tue Wed Thu Fri", None),  # has no room: treats nobody
    ],
    "rooms": [
        (1, "ground", 1, "chair, X-ray"), (2, "first", 0, "chair, X-ray, scanner"),
        (3, "ground", 1, "chair"),
    ],
    "closures": [
        ("2026-12-25", "Christmas"), ("2026-12-28", "Boxing Day"), ("2027-01-01", "New Year"),
        ("2027-03-26", "Good Friday"), ("2027-03-29", "Easter Monday"),
    ],
}


def fill(db):
    for table, rows in ROWS.items():
        places = ", ".join("?" * len(rows[0]))
        db.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
