"""money.py - what things cost, who pays for them, and what is still open. Nothing is collected
here: a payment link goes to the patient, whose bank does the rest."""
import sqlite3
from datetime import date

from practice.patients import get_patient
from service import Refusal, need_text


def invoice_of(records, patient, invoice):
    return records.one("invoice", "SELECT * FROM invoices WHERE id = ? AND patient = ?",
                       invoice, patient)


def email_of(records, patient):
    email = get_patient(records, patient)["email"]
    if not email:
        raise Refusal(409, "no_email", "There is no address of theirs.")
    return email


def list_invoices(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"invoices": records.rows(
        "SELECT * FROM invoices WHERE patient = ? ORDER BY issued DESC", patient)}


def show_invoice(records, _fields, patient, invoice):
    return 200, invoice_of(records, patient, invoice)


def send_invoice(records, _fields, patient, invoice):
    invoice_of(records, patient, invoice)
    return 202, {"sent_to": email_of(records, patient)}


def query_invoice(records, fields, patient, invoice):
    invoice_of(records, patient, invoice)
    words, about = need_text(fields, "words", 500), f"invoice {invoice}"
    if records.rows("SELECT 1 FROM requests WHERE patient = ? AND kind = 'query' AND about = ? "
                    "AND status = 'open'", patient, about):
        raise Refusal(409, "query_open", "That invoice is being looked at already.")
    number = records.change("INSERT INTO requests (patient, kind, about, words, day) "
                            "VALUES (?, 'query', ?, ?, ?)", patient, about, words,
                            date.today().isoformat())
    return 201, {"query": number, "answer_within_days": 5}


def send_link(records, _fields, patient, invoice):
    row = invoice_of(records, patient, invoice)
    if row["status"] == "paid":
        raise Refusal(409, "paid_already", "That invoice is paid.")
    return 202, {"sent_to": get_patient(records, patient)["phone"], "pounds": row["pounds"]}


def list_payments(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"payments": records.rows("SELECT invoice, day, pounds, way FROM payments "
                                          "WHERE patient = ? ORDER BY day DESC", patient)}


def show_balance(records, _fields, patient):
    get_patient(records, patient)
    row = records.rows("SELECT count(*) AS n, coalesce(sum(pounds), 0) AS pounds FROM invoices "
                       "WHERE patient = ? AND status = 'open'", patient)[0]
    return 200, {"open_invoices": row["n"], "pounds": row["pounds"]}


def list_policies(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"policies": records.rows(
        "SELECT id, insurer, number FROM policies WHERE patient = ?", patient)}


def add_policy(records, fields, patient):
    get_patient(records, patient)
    insurer, number = need_text(fields, "insurer", 80), need_text(fields, "number", 40)
    if not records.rows("SELECT 1 FROM cover WHERE insurer = ?", insurer):
        raise Refusal(404, "insurer_not_found", "The practice does not work with that insurer.")
    try:
        added = records.change("INSERT INTO policies (patient, insurer, number) VALUES (?, ?, ?)",
                               patient, insurer, number)
    except sqlite3.IntegrityError:
        raise Refusal(409, "policy_exists", "That policy is on record already.") from None
    return 201, {"id": added, "insurer": insurer, "number": number}


def end_policy(records, _fields, patient, policy):
    records.one("policy", "SELECT * FROM policies WHERE id = ? AND patient = ?", policy, patient)
    records.change("DELETE FROM policies WHERE id = ?", policy)
    return 200, {"ended": True}


def treatment_of(records, code):
    return records.one("treatment", "SELECT * FROM treatments WHERE code = upper(?)", code)


def check_cover(records, fields, patient):
    get_patient(records, patient)
    treatment = treatment_of(records, need_text(fields, "code", 10))
    found = records.rows(
        "SELECT policies.insurer, max(percent) AS percent FROM policies JOIN cover "
        "ON cover.insurer = policies.insurer WHERE patient = ? AND code = ?",
        patient, treatment["code"])[0]
    percent = found["percent"] or 0
    return 200, {"treatment": treatment["name"], "insurer": found["insurer"], "percent": percent,
                 "patient_pays_pounds": round(treatment["pounds"] * (100 - percent) / 100, 2)}


def list_treatments(records, _fields):
    return 200, {"treatments": records.rows("SELECT * FROM treatments ORDER BY name")}


def show_treatment(records, _fields, code):
    return 200, treatment_of(records, code)


ROUTES = [
    ("GET", "/patients/{n}/invoices", list_invoices),
    ("GET", "/patients/{n}/invoices/{n}", show_invoice),
    ("POST", "/patients/{n}/invoices/{n}/copies", send_invoice),
    ("POST", "/patients/{n}/invoices/{n}/queries", query_invoice),
    ("POST", "/patients/{n}/invoices/{n}/links", send_link),
    ("GET", "/patients/{n}/payments", list_payments),
    ("GET", "/patients/{n}/balance", show_balance),
    ("GET", "/patients/{n}/policies", list_policies),
    ("POST", "/patients/{n}/policies", add_policy),
    ("DELETE", "/patients/{n}/policies/{n}", end_policy),
    ("GET", "/patients/{n}/cover", check_cover),
    ("GET", "/treatments", list_treatments),
    ("GET", "/treatments/{s}", show_treatment),
]
