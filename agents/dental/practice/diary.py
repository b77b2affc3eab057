"""diary.py - the appointment book: what is free, who comes when, who waits for something sooner.

Appointments are half an hour, Monday to Friday. The half hour from 12:30 is kept for emergencies.
"""
import sqlite3
from datetime import date, datetime, timedelta

from practice.house import at_work, closure
from practice.patients import get_patient
from service import Refusal, need, need_date, need_number, need_text

APPOINTMENT = "SELECT id, patient, starts, dentist, reason FROM appointments "
TIMES = [f"{hour:02}:{minute:02}" for hour in range(8, 18) for minute in (0, 30)]
EMERGENCY = "12:30"
LAST_DAYS = 365  # how far ahead the book goes
MOST_DAYS = 31  # of one search
MOST_SLOTS = 12  # of one answer: nobody listens to more
LATEST_MINUTES = 15  # who comes later is not treated any more
NOTICE = timedelta(hours=24)  # who cancels later pays
LATE_FEE = 25.00


def need_slot(fields, name):
    """A time that can be booked at all, as 2027-03-02T10:00."""
    try:
        starts = datetime.strptime(need(fields, name), "%Y-%m-%dT%H:%M")
    except (TypeError, ValueError):
        raise Refusal(400, "invalid_time",
                      f"'{name}' must be a time like 2027-03-02T10:00.") from None
    if starts.strftime("%H:%M") not in TIMES or starts.weekday() > 4:
        raise Refusal(400, "outside_hours",
                      "Appointments start on the half hour, Monday to Friday, 8:00 to 17:30.")
    if starts < datetime.now():
        raise Refusal(400, "past_time", f"{starts} is past.")
    if starts > datetime.now() + timedelta(days=LAST_DAYS):
        raise Refusal(400, "too_far", f"The book goes {LAST_DAYS} days ahead.")
    return starts.strftime("%Y-%m-%dT%H:%M")


def check_rota(records, starts, dentist, urgent):
    day, time = starts.split("T")
    why = closure(records, day)
    if why:
        raise Refusal(400, "closed", f"The practice is closed on {day}: {why}")
    if not records.rows("SELECT 1 FROM staff WHERE room IS NOT NULL AND name = ?", dentist):
        raise Refusal(404, "dentist_not_found", f"Nobody here is called {dentist}.")
    if not at_work(records, day, dentist):
        raise Refusal(409, "not_at_work", f"{dentist} does not work on {day}.")
    if time == EMERGENCY and not urgent:
        raise Refusal(409, "kept_for_emergencies", "12:30 is kept for emergencies.")


def write(records, sql, *values):
    """A row of the book, unless somebody, or the patient, has that time already."""
    try:
        return records.change(sql, *values)
    except sqlite3.IntegrityError as error:
        if "patient" in str(error):
            raise Refusal(409, "patient_busy", "They have a visit at that time already.") from None
        raise Refusal(409, "slot_taken", "That time is not free any more.") from None


def theirs(records, patient, appointment):
    return records.one("appointment", APPOINTMENT + "WHERE id = ? AND patient = ?",
                       appointment, patient)


def list_appointments(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"appointments": records.rows(
        APPOINTMENT + "WHERE patient = ? ORDER BY starts", patient)}


def list_visits(records, _fields, patient):
    get_patient(records, patient)
    return 200, {"visits": records.rows("SELECT day, dentist, treatment FROM visits "
                                        "WHERE patient = ? ORDER BY day DESC", patient)}


def book(records, fields, patient):
    starts, dentist = need_slot(fields, "starts"), need_text(fields, "dentist")
    reason = need_text(fields, "reason")
    get_patient(records, patient)
    check_rota(records, starts, dentist, fields.get("urgent") is True)
    booked = write(records, "INSERT INTO appointments (patient, starts, dentist, reason) "
                   "VALUES (?, ?, ?, ?)", patient, starts, dentist, reason)
    return 201, theirs(records, patient, booked)


def move(records, fields, patient, appointment):
    old, starts = theirs(records, patient, appointment), need_slot(fields, "starts")
    dentist = need_text(fields, "dentist") if fields.get("dentist") else old["dentist"]
    check_rota(records, starts, dentist, False)
    write(records, "UPDATE appointments SET starts = ?, dentist = ?, confirmed = 0, "
          "late_minutes = 0 WHERE id = ?", starts, dentist, appointment)
    return 200, theirs(records, patient, appointment)


def cancel(records, _fields, patient, appointment):
    old = theirs(records, patient, appointment)
    records.change("DELETE FROM appointments WHERE id = ?", appointment)
    late = datetime.fromisoformat(old["starts"]) - datetime.now() < NOTICE
    return 200, {"cancelled": True, "fee_pounds": LATE_FEE if late else 0}


def confirm(records, _fields, patient, appointment):
    theirs(records, patient, appointment)
    records.change("UPDATE appointments SET confirmed = 1 WHERE id = ?", appointment)
    return 200, {"confirmed": True}


def report_late(records, fields, patient, appointment):
    theirs(records, patient, appointment)
    minutes = need_number(fields, "minutes", 1, 240)
    if minutes > LATEST_MINUTES:
        raise Refusal(409, "too_late", f"After {LATEST_MINUTES} minutes a visit must be moved.")
    records.change("UPDATE appointments SET late_minutes = ? WHERE id = ?", minutes, appointment)
    return 200, {"noted": True, "minutes": minutes}


def free(records, days, dentist, times):
    """The free slots of these days, at most so many as anybody listens to."""
    soonest, found = datetime.now().isoformat(), []
    for day in days:
        taken = {(row["starts"], row["dentist"]) for row in records.rows(
            "SELECT starts, dentist FROM appointments WHERE starts LIKE ?", day + "T%")}
        for time in times:
            for person in at_work(records, day, dentist):
                slot = (f"{day}T{time}", person["name"])
                if slot not in taken and slot[0] > soonest:
                    found.append({"starts": slot[0], "dentist": slot[1], "room": person["room"]})
                if len(found) == MOST_SLOTS:
                    return found
    return found


def days_from(first, count):
    return [(first + timedelta(days=n)).isoformat() for n in range(count)]


def find_slots(records, fields):
    day = need_date(fields, "day")
    count = need_number(fields, "days", 1, MOST_DAYS) if fields.get("days") else 1
    dentist = need_text(fields, "dentist") if fields.get("dentist") else None
    part = fields.get("part") or "any"
    if part not in ("any", "morning", "afternoon"):
        raise Refusal(400, "invalid_choice", "'part' must be any, morning or afternoon.")
    times = [time for time in TIMES if time != EMERGENCY
             and part in ("any", "morning" if time < "12:00" else "afternoon")]
    return 200, {"slots": free(records, days_from(date.fromisoformat(day), count), dentist, times)}


def next_slot(records, fields):
    dentist = need_text(fields, "dentist") if fields.get("dentist") else None
    days = days_from(date.today(), MOST_DAYS)
    found = free(records, days, dentist, [time for time in TIMES if time != EMERGENCY])
    return 200, {"slot": found[0] if found else None}


def emergency_slot(records, _fields):
    found = free(records, days_from(date.today(), MOST_DAYS), None, [EMERGENCY])
    return 200, {"slot": found[0] if found else None, "book_with": {"urgent": True}}


def join_waiting(records, fields, patient):
    get_patient(records, patient)
    first, last = need_date(fields, "first_day"), need_date(fields, "last_day")
    if last < first or last < date.today().isoformat():
        raise Refusal(400, "invalid_date", "'last_day' comes before 'first_day', or is past.")
    try:
        records.change("INSERT INTO waiting VALUES (?, ?, ?, ?)", patient,
                       datetime.now().isoformat(), first, last)
    except sqlite3.IntegrityError:
        raise Refusal(409, "waits_already", "They are on the list already.") from None
    return 201, show_waiting(records, fields, patient)[1]


def show_waiting(records, _fields, patient):
    row = records.one("waiting", "SELECT * FROM waiting WHERE patient = ?", patient)
    ahead = records.rows("SELECT count(*) AS n FROM waiting WHERE since < ?", row["since"])
    return 200, {"place": ahead[0]["n"] + 1, "first_day": row["first_day"],
                 "last_day": row["last_day"]}


def leave_waiting(records, fields, patient):
    show_waiting(records, fields, patient)
    records.change("DELETE FROM waiting WHERE patient = ?", patient)
    return 200, {"waiting": False}


ROUTES = [
    ("GET", "/patients/{n}/appointments", list_appointments),
    ("POST", "/patients/{n}/appointments", book),
    ("PATCH", "/patients/{n}/appointments/{n}", move),
    ("DELETE", "/patients/{n}/appointments/{n}", cancel),
    ("PUT", "/patients/{n}/appointments/{n}/confirmation", confirm),
    ("PUT", "/patients/{n}/appointments/{n}/delay", report_late),
    ("GET", "/patients/{n}/visits", list_visits),
    ("GET", "/slots", find_slots),
    ("GET", "/slots/next", next_slot),
    ("GET", "/slots/emergency", emergency_slot),
    ("POST", "/patients/{n}/waiting", join_waiting),
    ("GET", "/patients/{n}/waiting", show_waiting),
    ("DELETE", "/patients/{n}/waiting", leave_waiting),
]
