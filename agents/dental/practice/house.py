"""house.py - the practice itself: when it is open, who works when and where, what is booked."""
from datetime import date, datetime, timedelta

from service import need, need_date, need_text

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HOURS = {"Mon": "8:00-18:00", "Tue": "8:00-18:00", "Wed": "8:00-18:00", "Thu": "8:00-18:00",
         "Fri": "8:00-18:00", "Sat": "9:00-12:00, telephone only"}
OFFICE = {
    "name": "Barton Dental", "address": "4 Barton Street, York YO1 8QX",
    "parking": "six places behind the house, two of them wide", "step_free": "ground floor",
    "phone": "01904 960 114", "emergency_line": "112", "hours": HOURS,
}
CONTEXT_DAYS = 14


def closure(records, day):
    """Why nobody is treated on an ISO day, or None."""
    weekday = date.fromisoformat(day).weekday()
    if weekday > 4:
        return "Saturdays are for the telephone." if weekday == 5 else "Closed on Sundays."
    found = records.rows("SELECT reason FROM closures WHERE day = ?", day)
    return found[0]["reason"] if found else None


def at_work(records, day, dentist=None):
    """Those who treat patients on an ISO day: rows of staff, by name."""
    if closure(records, day):
        return []
    weekday = WEEKDAYS[date.fromisoformat(day).weekday()]
    return records.rows(
        "SELECT name, role, room FROM staff WHERE room IS NOT NULL AND days LIKE ? "
        "AND (? IS NULL OR name = ?) ORDER BY name", f"%{weekday}%", dentist, dentist)


def show_office(records, _fields):
    closed = records.rows("SELECT * FROM closures WHERE day >= ? ORDER BY day LIMIT 5",
                          date.today().isoformat())
    return 200, {**OFFICE, "closed": closed}


def show_day(records, fields):
    day = need_date(fields, "day")
    why = closure(records, day)
    return 200, {"day": day, "open": why is None, "why_closed": why,
                 "hours": None if why else HOURS[WEEKDAYS[date.fromisoformat(day).weekday()]]}


def show_context(records, _fields):
    """What the second tier is told before it is asked anything."""
    now = datetime.now()
    booked = records.rows(
        "SELECT starts, dentist FROM appointments WHERE starts BETWEEN ? AND ? ORDER BY starts",
        now.isoformat(), (now + timedelta(days=CONTEXT_DAYS)).isoformat())
    today = now.date().isoformat()
    return 200, {"today": now.strftime("%A, ") + today, "closed_today": closure(records, today),
                 "at_work_today": at_work(records, today), "booked": booked,
                 "rooms": records.rows("SELECT number, floor, step_free FROM rooms")}


def list_staff(records, fields):
    role = need_text(fields, "role") if fields.get("role") else None
    return 200, {"staff": records.rows(
        "SELECT name, role, days FROM staff WHERE ? IS NULL OR role = ? ORDER BY name", role, role)}


def show_rota(records, fields):
    day = need_date(fields, "day")
    return 200, {"day": day, "at_work": at_work(records, day)}


def list_rooms(records, fields):
    wanted = need(fields, "step_free") if fields.get("step_free") else None
    return 200, {"rooms": records.rows("SELECT * FROM rooms WHERE ? IS NOT 'true' OR step_free",
                                       wanted)}


ROUTES = [
    ("GET", "/office", show_office),
    ("GET", "/office/day", show_day),
    ("GET", "/office/context", show_context),
    ("GET", "/staff", list_staff),
    ("GET", "/rota", show_rota),
    ("GET", "/rooms", list_rooms),
]
