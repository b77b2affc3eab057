"""patients.py - who is a patient, how they are reached, and for which children they answer."""
from datetime import date

from service import Refusal, need, need_date, need_text

FOUND = "SELECT id, name, born, phone FROM patients "
RECORD = ("SELECT id, name, born, phone, email, address, reminders, recall_months "
          "FROM patients WHERE id = ?")


def get_patient(records, patient):
    """The whole row, or 404."""
    return records.one("patient", "SELECT * FROM patients WHERE id = ?", patient)


def need_phone(fields):
    text = need_text(fields, "phone", 30)
    if not 6 <= sum(letter.isdigit() for letter in text) <= 15:
        raise Refusal(400, "invalid_phone", "'phone' must have 6 to 15 digits.")
    return text


def need_email(fields):
    text = need_text(fields, "email")
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or " " in text:
        raise Refusal(400, "invalid_email", "'email' must be an address like sam@example.com.")
    return text


READERS = {"phone": need_phone, "email": need_email,
           "address": lambda fields: need_text(fields, "address", 300)}


def find(records, fields):
    name, born = need_text(fields, "name"), need_date(fields, "born")
    return 200, records.one("patient", FOUND + "WHERE lower(name) = lower(?) AND born = ?",
                            name, born)


def show(records, _fields, patient):
    return 200, records.one("patient", RECORD, patient)


def register(records, fields):
    name, born, phone = need_text(fields, "name"), need_date(fields, "born"), need_phone(fields)
    email = need_email(fields) if fields.get("email") else None
    if born > date.today().isoformat():
        raise Refusal(400, "invalid_date", "'born' is to come.")
    with records.alone():
        if records.rows(FOUND + "WHERE lower(name) = lower(?) AND born = ?", name, born):
            raise Refusal(409, "patient_exists", "There is a record of that name and date.")
        added = records.change("INSERT INTO patients (name, born, phone, email) "
                               "VALUES (?, ?, ?, ?)", name, born, phone, email)
    return 201, records.one("patient", FOUND + "WHERE id = ?", added)


def change_contact(records, fields, patient):
    get_patient(records, patient)
    given = {name: read(fields) for name, read in READERS.items() if fields.get(name)}
    if not given:
        raise Refusal(400, "nothing_to_change", "Give 'phone', 'email' or 'address'.")
    for name, value in given.items():  # name is one of READERS
        records.change(f"UPDATE patients SET {name} = ? WHERE id = ?", value, patient)
    return show(records, fields, patient)


def set_reminders(records, fields, patient):
    row, by = get_patient(records, patient), need(fields, "by")
    if by not in ("sms", "email", "none"):
        raise Refusal(400, "invalid_choice", "'by' must be sms, email or none.")
    if by == "email" and not row["email"]:
        raise Refusal(409, "no_email", "There is no address of theirs.")
    records.change("UPDATE patients SET reminders = ? WHERE id = ?", by, patient)
    return 200, {"reminders": by}


def list_family(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"children": records.rows(FOUND + "WHERE guardian = ? ORDER BY born", patient)}


def show_child(records, _fields, patient, child):
    return 200, records.one("child", FOUND + "WHERE guardian = ? AND id = ?", patient, child)


def get_recall(records, _fields, patient):
    months = get_patient(records, patient)["recall_months"]
    last = records.rows("SELECT max(day) AS day FROM visits WHERE patient = ?", patient)[0]["day"]
    return 200, {"months": months, "last_visit": last}


def set_recall(records, fields, patient):
    get_patient(records, patient)
    months = need(fields, "months")
    if months not in (3, 6, 9, 12, 18, 24):
        raise Refusal(400, "invalid_choice", "'months' must be 3, 6, 9, 12, 18 or 24.")
    records.change("UPDATE patients SET recall_months = ? WHERE id = ?", months, patient)
    return get_recall(records, fields, patient)


def stop_recall(records, fields, patient):
    get_patient(records, patient)
    records.change("UPDATE patients SET recall_months = NULL WHERE id = ?", patient)
    return get_recall(records, fields, patient)


ROUTES = [
    ("GET", "/patients", find),
    ("POST", "/patients", register),
    ("GET", "/patients/{n}", show),
    ("PATCH", "/patients/{n}", change_contact),
    ("PUT", "/patients/{n}/reminders", set_reminders),
    ("GET", "/patients/{n}/family", list_family),
    ("GET", "/patients/{n}/family/{n}", show_child),
    ("GET", "/patients/{n}/recall", get_recall),
    ("PUT", "/patients/{n}/recall", set_recall),
    ("DELETE", "/patients/{n}/recall", stop_recall),
]
