"""care.py - what was planned and written for a patient, and what they ask a dentist for. A request
is a message: a person reads it and decides; nothing is prescribed or referred here."""
from datetime import date

from practice.money import email_of
from practice.patients import get_patient, need_phone
from service import Refusal, need, need_text

SPECIALTIES = ("orthodontics", "oral surgery", "endodontics", "periodontics")


def ask(records, patient, kind, about, words):
    """A request that somebody reads; one of a kind about one thing is enough."""
    if patient and records.rows("SELECT 1 FROM requests WHERE patient = ? AND kind = ? "
                                "AND lower(about) = lower(?) AND status = 'open'",
                                patient, kind, about):
        raise Refusal(409, "asked_already", "They have asked for that, and it is not decided yet.")
    number = records.change("INSERT INTO requests (patient, kind, about, words, day) "
                            "VALUES (?, ?, ?, ?, ?)", patient, kind, about, words,
                            date.today().isoformat())
    return 201, {"request": number, "read_within_days": 1}


def asked(records, patient, kind):
    get_patient(records, patient)
    return 200, {"requests": records.rows("SELECT id, about, day, status FROM requests "
                                          "WHERE patient = ? AND kind = ? ORDER BY id DESC",
                                          patient, kind)}


def show_plan(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"steps": records.rows(
        "SELECT step, name AS treatment, pounds, minutes, done FROM plans JOIN treatments "
        "ON treatments.code = plans.code WHERE patient = ? ORDER BY step", patient)}


def ask_prescription(records, fields, patient):
    get_patient(records, patient)
    return ask(records, patient, "prescription", need_text(fields, "medicine", 100),
               need_text(fields, "words", 500))


def list_prescriptions(records, _fields, patient):
    return asked(records, patient, "prescription")


def ask_referral(records, fields, patient):
    get_patient(records, patient)
    specialty = need(fields, "specialty")
    if specialty not in SPECIALTIES:
        raise Refusal(400, "invalid_choice", "'specialty' must be " + ", ".join(SPECIALTIES) + ".")
    return ask(records, patient, "referral", specialty, need_text(fields, "words", 500))


def list_referrals(records, _fields, patient):
    return asked(records, patient, "referral")


def list_documents(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"documents": records.rows("SELECT id, title, day FROM documents "
                                           "WHERE patient = ? ORDER BY day DESC", patient)}


def send_document(records, _fields, patient, document):
    records.one("document", "SELECT * FROM documents WHERE id = ? AND patient = ?",
                document, patient)
    return 202, {"sent_to": email_of(records, patient)}


def leave_message(records, fields):
    name, phone = need_text(fields, "name"), need_phone(fields)
    return ask(records, None, "message", f"{name}, {phone}", need_text(fields, "words", 500))


ROUTES = [
    ("GET", "/patients/{n}/plan", show_plan),
    ("POST", "/patients/{n}/prescriptions", ask_prescription),
    ("GET", "/patients/{n}/prescriptions", list_prescriptions),
    ("POST", "/patients/{n}/referrals", ask_referral),
    ("GET", "/patients/{n}/referrals", list_referrals),
    ("GET", "/patients/{n}/documents", list_documents),
    ("POST", "/patients/{n}/documents/{n}/copies", send_document),
    ("POST", "/messages", leave_message),
]
