#!/usr/bin/env python3
"""backend.py - technicians, work orders and spare parts of a heating company behind HTTP.

    python3 backend.py --port 8086

A stand-in for the office's systems. Orders are of today; --db keeps what was done. How it is
served, and how it refuses, is service.py's.
"""
import os
import re
import sys
from datetime import date, datetime

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need_number, need_text

SCHEMA = """
CREATE TABLE technicians (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, technician TEXT NOT NULL REFERENCES technicians(id),
    day TEXT NOT NULL, time TEXT NOT NULL, customer TEXT NOT NULL, address TEXT NOT NULL,
    fault TEXT NOT NULL, safety TEXT, status TEXT NOT NULL, started TEXT, finished TEXT,
    summary TEXT);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), text TEXT NOT NULL);
CREATE TABLE parts (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, stock INTEGER NOT NULL, shelf TEXT NOT NULL);
CREATE TABLE used (
    order_id INTEGER NOT NULL REFERENCES orders(id), code TEXT NOT NULL REFERENCES parts(code),
    amount INTEGER NOT NULL);
"""
TECHNICIANS = [("t-14", "Lucía Ferrer"), ("t-15", "Iker Sanz")]
ORDERS = [
    (7001, "t-14", "09:00", "Comunidad Calle Mayor 3", "Calle Mayor 3, sótano",
     "La caldera pierde presión", "Cuadro eléctrico mojado: cortar antes de tocar"),
    (7002, "t-14", "11:30", "Panadería Soto", "Calle del Horno 12",
     "El aire acondicionado gotea", None),
    (7003, "t-15", "10:00", "Clínica Vera", "Avenida del Sur 40", "Cambio de filtros", None),
]
PARTS = [
    ("VX-10", "Vaso de expansión de 10 litros", 4, "A3"),
    ("VS-3", "Válvula de seguridad de 3 bar", 12, "A4"),
    ("FL-200", "Filtro de aire 200 milímetros", 30, "C1"),
    ("BC-7", "Bomba de condensados", 1, "C2"),
]


def fill(db):
    db.executemany("INSERT INTO technicians VALUES (?, ?)", TECHNICIANS)
    db.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", PARTS)
    for number, technician, time, customer, address, fault, safety in ORDERS:
        db.execute(
            "INSERT INTO orders (id, technician, day, time, customer, address, fault, safety, "
            "status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'planned')",
            (number, technician, date.today().isoformat(), time, customer, address, fault, safety))


def now():
    return datetime.now().strftime("%H:%M")


def order_of(records, technician, number):
    """Another technician's is not found, as one that is not there."""
    return records.one("order", "SELECT * FROM orders WHERE id = ? AND technician = ?", number,
                       technician)


def whole(records, order):
    del order["technician"]
    order["notes"] = [row["text"] for row in records.rows(
        "SELECT text FROM notes WHERE order_id = ? ORDER BY id", order["id"])]
    order["parts"] = records.rows(
        "SELECT code, name, amount FROM used JOIN parts USING (code) WHERE order_id = ?",
        order["id"])
    return order


def list_orders(records, _fields, technician):
    who = records.one("technician", "SELECT name FROM technicians WHERE id = ?", technician)
    return 200, {"technician": who["name"], "orders": records.rows(
        "SELECT id, time, address, fault, status FROM orders WHERE technician = ? AND day = ? "
        "ORDER BY time", technician, date.today().isoformat())}


def show(records, _fields, technician, number):
    return 200, whole(records, order_of(records, technician, number))


def start(records, _fields, technician, number):
    with records.alone():
        order = order_of(records, technician, number)
        if order["status"] != "planned":
            raise Refusal(409, f"already_{order['status']}", "It is not planned any more.")
        if records.rows("SELECT 1 FROM orders WHERE technician = ? AND status = 'started'",
                        technician):
            raise Refusal(409, "other_started", "Another order is started.")
        records.change("UPDATE orders SET status = 'started', started = ? WHERE id = ?", now(),
                       number)
        return 200, whole(records, order_of(records, technician, number))


def add_note(records, fields, technician, number):
    text = need_text(fields, "text", 500)
    with records.alone():
        if order_of(records, technician, number)["status"] == "finished":
            raise Refusal(409, "already_finished", "It is finished.")
        records.change("INSERT INTO notes (order_id, text) VALUES (?, ?)", number, text)
    return 201, {"order": number, "note": text}


def use_part(records, fields, technician, number):
    code, amount = need_text(fields, "code", 20), need_number(fields, "amount", 1, 20)
    with records.alone():
        if order_of(records, technician, number)["status"] != "started":
            raise Refusal(409, "not_started", "It is not started.")
        part = records.one("part", "SELECT * FROM parts WHERE code = ?", code)
        if part["stock"] < amount:
            raise Refusal(409, "out_of_stock", f"{part['stock']} left.")
        records.change("UPDATE parts SET stock = stock - ? WHERE code = ?", amount, code)
        records.change("INSERT INTO used VALUES (?, ?, ?)", number, code, amount)
    return 201, {"order": number, "code": code, "name": part["name"], "amount": amount,
                 "left": part["stock"] - amount}


def finish(records, fields, technician, number):
    summary = need_text(fields, "summary", 500)
    with records.alone():
        order = order_of(records, technician, number)
        if order["status"] != "started":
            raise Refusal(409, "already_finished" if order["status"] == "finished"
                          else "not_started", "It is not started.")
        records.change("UPDATE orders SET status = 'finished', finished = ?, summary = ? "
                       "WHERE id = ?", now(), summary, number)
        return 200, whole(records, order_of(records, technician, number))


def find_parts(records, fields):
    words = re.findall(r"\w{2,}", need_text(fields, "words", 80).lower())
    found = [part for part in records.rows("SELECT * FROM parts ORDER BY code")
             if any(word.rstrip("s") in f"{part['code']} {part['name']}".lower()
                    for word in words if word not in ("de", "la", "el", "los", "las", "para"))]
    return 200, {"parts": found[:5]}


ROUTES = [
    ("GET", "/technicians/{s}/orders", list_orders),
    ("GET", "/technicians/{s}/orders/{n}", show),
    ("POST", "/technicians/{s}/orders/{n}/start", start),
    ("POST", "/technicians/{s}/orders/{n}/notes", add_note),
    ("POST", "/technicians/{s}/orders/{n}/parts", use_part),
    ("POST", "/technicians/{s}/orders/{n}/finish", finish),
    ("GET", "/parts", find_parts),
]

if __name__ == "__main__":
    service.run("the office", 8086, ROUTES, SCHEMA, fill)
