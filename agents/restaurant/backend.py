#!/usr/bin/env python3
"""backend.py - the book of a restaurant behind HTTP: who comes when, and where there is room.

    python3 backend.py --port 8082

A stand-in for the reservation system a real house has. Its first rows are some days from today;
--db keeps what was booked. How it is served, and how it refuses, is service.py's.
"""
import os
import re
import sys
from datetime import date, datetime, timedelta

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need, need_number, need_text

SEATS = 40
LARGEST_PARTY = 20
SITTING = timedelta(hours=2)
LAST_DAYS = 365  # how far ahead the book goes
MOST_DATES = 31
ALTERNATIVES = 3
HOURS = {  # by weekday, Monday first: first and last time a party may sit down
    1: ("17:30", "21:30"), 2: ("17:30", "21:30"), 3: ("17:30", "21:30"),
    4: ("17:30", "22:00"), 5: ("12:00", "22:00"), 6: ("12:00", "20:00"),
}
NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

SCHEMA = """
CREATE TABLE reservations (
    id INTEGER PRIMARY KEY, customer_name TEXT NOT NULL, phone_number TEXT NOT NULL,
    reservation_date TEXT NOT NULL, reservation_time TEXT NOT NULL, party_size INTEGER NOT NULL,
    special_requests TEXT NOT NULL);
CREATE INDEX by_date ON reservations (reservation_date);
CREATE TABLE private_events (day TEXT PRIMARY KEY);
"""
PARTIES = [  # days from the Saturday: a full house at eight, and a party the evening before
    (101, "Hana Brandt", "02079460201", 0, "20:00", 18, ""),
    (102, "Luis Ortega", "02079460202", 0, "20:00", 20, "one wheelchair"),
    (103, "Priya Nair", "02079460203", -1, "19:00", 4, ""),
]
PRIVATE_EVENT = 1  # the Sunday


def saturday():
    """The first that is a week or more away."""
    day = date.today() + timedelta(days=7)
    return day + timedelta(days=(5 - day.weekday()) % 7)


def fill(db):
    for *who, days, time, size, wishes in PARTIES:
        day = (saturday() + timedelta(days=days)).isoformat()
        db.execute("INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?)",
                   (*who, day, time, size, wishes))
    day = saturday() + timedelta(days=PRIVATE_EVENT)
    db.execute("INSERT INTO private_events VALUES (?)", (day.isoformat(),))


def need_day(value):
    """A date the book has, that is not past."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refusal(400, "INVALID_DATE", "A date is written like 2027-03-06.") from None
    if day < date.today():
        raise Refusal(400, "PAST_DATE", f"{value} is past.")
    if day > date.today() + timedelta(days=LAST_DAYS):
        raise Refusal(400, "TOO_FAR", f"The book goes {LAST_DAYS} days ahead.")
    return day


def need_time(fields, name):
    try:
        return datetime.strptime(need(fields, name), "%H:%M").time()
    except (TypeError, ValueError):
        raise Refusal(400, "INVALID_TIME", "A time is written like 19:30.") from None


def need_moment(fields, day, name):
    moment = datetime.combine(day, need_time(fields, name))
    if moment < datetime.now():
        raise Refusal(400, "PAST_DATE", f"{moment} is past.")
    return moment


def need_party(fields):
    size = need_number(fields, "party_size", 1, 500)
    if size > LARGEST_PARTY:
        raise Refusal(400, "TOO_LARGE", f"A party has at most {LARGEST_PARTY} people.")
    return size


def need_phone(fields):
    digits = re.sub(r"[ ()./-]", "", need_text(fields, "phone_number", 40))
    if not re.fullmatch(r"\+?[0-9]{6,15}", digits):
        raise Refusal(400, "INVALID_PHONE", "A number has 6 to 15 digits.")
    return digits


def open_times(day):
    """All times at which a party may sit down on that day, half an hour apart."""
    first, last = HOURS.get(day.weekday(), (None, None))
    if not first:
        return []
    at = datetime.combine(day, datetime.strptime(first, "%H:%M").time())
    end = datetime.combine(day, datetime.strptime(last, "%H:%M").time())
    times = []
    while at <= end:
        times.append(at)
        at += timedelta(minutes=30)
    return times


def free_seats(records, moment, but=0):
    """At the fullest moment of a sitting that begins then. but: a reservation not to count."""
    parties = [(datetime.fromisoformat(f"{row['reservation_date']}T{row['reservation_time']}"),
                row["party_size"])
               for row in records.rows("SELECT * FROM reservations WHERE reservation_date = ? "
                                       "AND id != ?", moment.date().isoformat(), but)]
    fullest = 0
    for at in [moment] + [start for start, _ in parties if moment <= start < moment + SITTING]:
        there = sum(size for start, size in parties if start <= at < start + SITTING)
        fullest = max(fullest, there)
    return SEATS - fullest


def is_private(records, day):
    return bool(records.rows("SELECT 1 FROM private_events WHERE day = ?", day.isoformat()))


def has_room(records, moment, size, but=0):
    return (moment in open_times(moment.date()) and not is_private(records, moment.date())
            and free_seats(records, moment, but) >= size)


def alternatives(records, moment, size):
    """The nearest other times of that day, the nearest first."""
    times = [at for at in open_times(moment.date())
             if at != moment and at > datetime.now() and has_room(records, at, size)]
    times.sort(key=lambda at: abs(at - moment))
    return [at.strftime("%H:%M") for at in times[:ALTERNATIVES]]


def check(records, fields):
    day = need_day(need(fields, "date"))
    moment, size = need_moment(fields, day, "time"), need_party(fields)
    if is_private(records, day):
        raise Refusal(400, "BLACKOUT", "The house is taken for a private event.")
    if has_room(records, moment, size):
        return 200, {"available": True}
    return 200, {"available": False, "closed": not open_times(day),
                 "alternatives": alternatives(records, moment, size)}


def check_dates(records, fields):
    dates = need(fields, "dates")
    if not isinstance(dates, list) or not 0 < len(dates) <= MOST_DATES:
        raise Refusal(400, "INVALID_DATE", f"'dates' has 1 to {MOST_DATES} dates.")
    time, size = need_time(fields, "time"), need_party(fields)
    moments = [datetime.combine(need_day(value), time) for value in dates]
    return 200, {"available_dates": [at.date().isoformat() for at in moments
                                     if at > datetime.now() and has_room(records, at, size)]}


def seat(records, day, moment, size, but=0):
    """Refuses what the house cannot do."""
    if is_private(records, day):
        raise Refusal(400, "BLACKOUT", "The house is taken for a private event.")
    if moment not in open_times(day):
        raise Refusal(400, "CLOSED", "Parties sit down on the half hour, in opening hours.")
    if free_seats(records, moment, but) < size:
        raise Refusal(400, "NO_CAPACITY", "There is no room at that time.")


def make(records, fields):
    name, phone = need_text(fields, "customer_name"), need_phone(fields)
    day = need_day(need(fields, "reservation_date"))
    moment, size = need_moment(fields, day, "reservation_time"), need_party(fields)
    wishes = need_text(fields, "special_requests", 500) if fields.get("special_requests") else ""
    with records.alone():
        if records.rows("SELECT 1 FROM reservations WHERE phone_number = ? AND "
                        "reservation_date = ?", phone, day.isoformat()):
            raise Refusal(409, "DUPLICATE", "This number has a table on that day.")
        seat(records, day, moment, size)
        made = records.change(
            "INSERT INTO reservations (customer_name, phone_number, reservation_date, "
            "reservation_time, party_size, special_requests) VALUES (?, ?, ?, ?, ?, ?)",
            name, phone, day.isoformat(), moment.strftime("%H:%M"), size, wishes)
        return 201, get(records, made)


def get(records, reservation):
    return records.one("reservation", "SELECT * FROM reservations WHERE id = ?", reservation)


def find(records, fields):
    return 200, {"reservations": records.rows(
        "SELECT * FROM reservations WHERE phone_number = ? AND reservation_date >= ? "
        "ORDER BY reservation_date LIMIT 20", need_phone(fields), date.today().isoformat())}


def move(records, fields, reservation):
    with records.alone():
        old = get(records, reservation)
        wanted = {key: fields.get(key, old[key])
                  for key in ("reservation_date", "reservation_time", "party_size")}
        day = need_day(wanted["reservation_date"])
        moment, size = need_moment(wanted, day, "reservation_time"), need_party(wanted)
        seat(records, day, moment, size, but=reservation)
        records.change("UPDATE reservations SET reservation_date = ?, reservation_time = ?, "
                       "party_size = ? WHERE id = ?", day.isoformat(), moment.strftime("%H:%M"),
                       size, reservation)
        return 200, get(records, reservation)


def cancel(records, _fields, reservation):
    with records.alone():
        gone = get(records, reservation)
        records.change("DELETE FROM reservations WHERE id = ?", reservation)
        return 200, gone


def hours(_records, _fields):
    return 200, {"days": [{"day": NAMES[day], "first": HOURS[day][0], "last": HOURS[day][1]}
                          if day in HOURS else {"day": NAMES[day], "closed": True}
                          for day in range(7)]}


ROUTES = [
    ("POST", "/api/reservations", make),
    ("GET", "/api/reservations", find),
    ("PATCH", "/api/reservations/{n}", move),
    ("DELETE", "/api/reservations/{n}", cancel),
    ("POST", "/api/reservations/check-availability", check),
    ("POST", "/api/reservations/check-availability-bulk", check_dates),
    ("GET", "/api/restaurant/hours", hours),
]

if __name__ == "__main__":
    service.run("the restaurant", 8082, ROUTES, SCHEMA, fill)
