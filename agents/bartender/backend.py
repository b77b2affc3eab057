#!/usr/bin/env python3
"""backend.py - a bar behind HTTP: whose ID is good, what there is to drink, what was ordered.

    python3 backend.py --port 8086

A stand-in for the till and the ID reader a real bar has. --db keeps what was ordered. How it is
served, and how it refuses, is service.py's.
"""
import os
import re
import secrets
import sys
import time
from datetime import date

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need_number, need_text

DRINKING_AGE = 21
MOST_DRINKS = 4  # with alcohol, of one guest, within
MOST_SECONDS = 3600
GUEST_SECONDS = 4 * 3600  # an ID that was checked is good for so long
MOST_OF_ONE = 12

SCHEMA = """
CREATE TABLE ids (number TEXT PRIMARY KEY, born TEXT NOT NULL, expires TEXT NOT NULL,
    barred INTEGER NOT NULL);
CREATE TABLE guests (guest TEXT PRIMARY KEY, number TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE menu (item TEXT PRIMARY KEY, cents INTEGER NOT NULL, alcohol INTEGER NOT NULL,
    stock INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT, item TEXT NOT NULL,
    quantity INTEGER NOT NULL, at REAL NOT NULL, served INTEGER NOT NULL DEFAULT 0);
"""
MENU = [
    ("Margarita", 1299, 1, 40), ("Old Fashioned", 1400, 1, 30), ("Mojito", 1250, 1, 0),
    ("Negroni", 1350, 1, 3), ("Draught Beer", 700, 1, 200), ("House Red", 900, 1, 60),
    ("Ginger Fizz", 600, 0, 50), ("Lemonade", 450, 0, 80), ("Soda Water", 300, 0, 100),
]


def years_ago(years, days=0):
    today = date.today()
    try:
        day = today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        day = today.replace(year=today.year - years, day=28)
    return date.fromordinal(day.toordinal() + days).isoformat()


def fill(db):
    db.executemany("INSERT INTO ids VALUES (?, ?, ?, ?)", [
        ("123456789", years_ago(34), years_ago(-5), 0),
        ("222333444", years_ago(DRINKING_AGE), years_ago(-3), 0),  # of age since today
        ("555666777", years_ago(DRINKING_AGE, 1), years_ago(-3), 0),  # of age tomorrow
        ("888999000", years_ago(52), years_ago(1), 0),  # expired
        ("444555666", years_ago(29), years_ago(-2), 1),  # barred
    ])
    db.executemany("INSERT INTO menu VALUES (?, ?, ?, ?)", MENU)


def is_of_age(born):
    day = date.fromisoformat(born)
    today = date.today()
    had_birthday = (today.month, today.day) >= (day.month, day.day)
    return today.year - day.year - (0 if had_birthday else 1) >= DRINKING_AGE


def reason_against(found):
    if not found:
        return "unknown"
    if found[0]["barred"]:
        return "barred"
    if found[0]["expires"] < date.today().isoformat():
        return "expired"
    return None if is_of_age(found[0]["born"]) else "under_age"


def check_id(records, fields):
    number = re.sub("[ -]", "", need_text(fields, "id_number", 40)).upper()
    why = reason_against(records.rows("SELECT * FROM ids WHERE number = ?", number))
    if why:
        return 200, {"valid": False, "reason": why}
    guest = "g_" + secrets.token_hex(8)
    records.change("INSERT INTO guests VALUES (?, ?, ?)", guest, number, time.time())
    return 200, {"valid": True, "guest": guest}


def dollars(cents):
    return round(cents / 100, 2)


def menu(records, _fields):
    return 200, {"items": [
        {"item": row["item"], "price": dollars(row["cents"]), "alcohol": bool(row["alcohol"]),
         "available": row["stock"] > 0}
        for row in records.rows("SELECT * FROM menu ORDER BY rowid")]}


def find_drink(records, item):
    found = records.rows("SELECT * FROM menu WHERE lower(item) = lower(?)", item)
    if not found:
        raise Refusal(404, "NOT_ON_MENU", f"There is no {item} on the menu.")
    return found[0]


def of_guest(records, fields, drink):
    """The number of the ID that was checked; None for what needs no ID."""
    if not drink["alcohol"]:
        return None
    found = records.rows("SELECT number FROM guests WHERE guest = ? AND at > ?",
                         fields.get("guest") or "", time.time() - GUEST_SECONDS)
    if not found:
        raise Refusal(403, "ID_REQUIRED", "An ID must be checked first.")
    return found[0]["number"]


def had(records, number, but=0):
    """Drinks with alcohol of this ID lately, whichever call ordered them."""
    return records.rows("SELECT coalesce(sum(quantity), 0) AS n FROM orders WHERE number = ? AND "
                        "at > ? AND id != ?", number, time.time() - MOST_SECONDS, but)[0]["n"]


def need_allowed(records, drink, number, quantity, but=0, has=0):
    if number and had(records, number, but) + quantity > MOST_DRINKS:
        raise Refusal(403, "ENOUGH", f"{MOST_DRINKS} drinks an hour are the limit.")
    if drink["stock"] + has < quantity:
        raise Refusal(409, "SOLD_OUT", f"Only {drink['stock'] + has} {drink['item']} left.")


def told(order, drink):
    return {"order": order, "item": drink["item"], "quantity": drink["quantity"],
            "total": dollars(drink["quantity"] * drink["cents"])}


def take(records, item, quantity):
    records.change("UPDATE menu SET stock = stock - ? WHERE item = ?", quantity, item)


def order(records, fields):
    quantity = need_number(fields, "quantity", 1, MOST_OF_ONE)
    with records.alone():
        drink = find_drink(records, need_text(fields, "item", 80))
        number = of_guest(records, fields, drink)
        need_allowed(records, drink, number, quantity)
        made = records.change(
            "INSERT INTO orders (number, item, quantity, at) VALUES (?, ?, ?, ?)",
            number, drink["item"], quantity, time.time())
        take(records, drink["item"], quantity)
        return 201, told(made, dict(drink, quantity=quantity))


def change(records, fields, number):
    """quantity 0 takes the order back."""
    quantity = need_number(fields, "quantity", 0, MOST_OF_ONE)
    with records.alone():
        old = records.one("order", "SELECT * FROM orders WHERE id = ?", number)
        drink = find_drink(records, old["item"])
        if old["served"]:
            raise Refusal(409, "SERVED", "It has been served.")
        if quantity > old["quantity"]:
            need_allowed(records, drink, old["number"], quantity, number, old["quantity"])
        records.change("UPDATE orders SET quantity = ? WHERE id = ?", quantity, number)
        take(records, drink["item"], quantity - old["quantity"])
        return 200, told(number, dict(drink, quantity=quantity))


def serve(records, _fields, number):
    """For who stands behind the bar."""
    records.one("order", "SELECT id FROM orders WHERE id = ?", number)
    records.change("UPDATE orders SET served = 1 WHERE id = ?", number)
    return 200, {"order": number, "served": True}


ROUTES = [
    ("POST", "/ids/check", check_id),
    ("GET", "/menu", menu),
    ("POST", "/orders", order),
    ("PATCH", "/orders/{n}", change),
    ("POST", "/orders/{n}/serve", serve),
]

if __name__ == "__main__":
    service.run("the bar", 8086, ROUTES, SCHEMA, fill)
