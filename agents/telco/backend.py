#!/usr/bin/env python3
"""backend.py - accounts, bills and shops of a telephone company behind HTTP.

    python3 backend.py --port 8083

A stand-in for the billing system a real company has. The data is the same at each start; --db keeps
what was changed. How it is served, and how it refuses, is service.py's.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need, need_number, need_text

SCHEMA = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, postcode TEXT NOT NULL,
    name TEXT NOT NULL, plan TEXT NOT NULL, pounds_a_month REAL NOT NULL,
    data_gb INTEGER NOT NULL, used_gb REAL NOT NULL, roaming INTEGER NOT NULL);
CREATE TABLE bills (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id),
    month TEXT NOT NULL, pounds REAL NOT NULL, status TEXT NOT NULL, extras TEXT NOT NULL);
CREATE TABLE credits (
    id INTEGER PRIMARY KEY, bill INTEGER NOT NULL UNIQUE REFERENCES bills(id),
    pounds REAL NOT NULL, reason TEXT NOT NULL);
CREATE TABLE shops (
    area TEXT NOT NULL, name TEXT NOT NULL, street TEXT NOT NULL, open TEXT NOT NULL);
"""
ACCOUNTS = [
    (7, "07700900107", "YO17HH", "Mara Quill", "Steady 20", 18.00, 20, 14.5, 0),
    (8, "07700900108", "M14ET", "Idris Bowen", "Endless", 32.00, 0, 203.0, 1),
    (9, "07700900109", "LS14DY", "Ana Ferreira", "Little 5", 9.00, 5, 5.0, 0),
]
BILLS = [
    (701, 7, "2026-10", 18.00, "paid", ""),
    (702, 7, "2026-11", 43.60, "open", "25.60 for data in Norway"),
    (801, 8, "2026-11", 32.00, "open", ""),
    (901, 9, "2026-11", 13.00, "open", "4.00 for two gigabytes more"),
]
SHOPS = [
    ("YO", "York", "14 Coppergate", "Monday to Saturday, 9 to 18"),
    ("LS", "Leeds", "2 Briggate", "every day, 10 to 19"),
    ("M", "Manchester", "80 Market Street", "every day, 9 to 20"),
]
LARGEST_CREDIT = 30.0


def fill(db):
    db.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ACCOUNTS)
    db.executemany("INSERT INTO bills VALUES (?, ?, ?, ?, ?, ?)", BILLS)
    db.executemany("INSERT INTO shops VALUES (?, ?, ?, ?)", SHOPS)


def bare(text):
    return re.sub("[^0-9A-Za-z]", "", text).upper()


def find_account(records, fields):
    """By number and postcode together; a wrong one of either is the same answer."""
    return 200, records.one("account", "SELECT * FROM accounts WHERE number = ? AND postcode = ?",
                            bare(need_text(fields, "number", 30)),
                            bare(need_text(fields, "postcode", 12)))


def list_bills(records, _fields, account):
    return 200, {"bills": records.rows(
        "SELECT id, month, pounds, status, extras FROM bills WHERE account = ? "
        "ORDER BY month DESC LIMIT 12", account)}


def give_credit(records, fields, account):
    bill, reason = need_number(fields, "bill"), need_text(fields, "reason")
    pounds = need(fields, "pounds")
    if not isinstance(pounds, (int, float)) or not 0 < pounds <= LARGEST_CREDIT:
        raise Refusal(400, "too_much", f"A credit is at most {LARGEST_CREDIT:.0f} pounds.")
    with records.alone():
        found = records.one("bill", "SELECT * FROM bills WHERE id = ? AND account = ?", bill,
                            account)
        if records.rows("SELECT 1 FROM credits WHERE bill = ?", bill):
            raise Refusal(409, "credited_already", "This bill has its credit.")
        if pounds > found["pounds"]:
            raise Refusal(400, "too_much", "A credit is no more than the bill.")
        records.change("INSERT INTO credits (bill, pounds, reason) VALUES (?, ?, ?)", bill, pounds,
                       reason)
        records.change("UPDATE bills SET pounds = pounds - ? WHERE id = ?", pounds, bill)
        return 201, records.one("bill", "SELECT id, month, pounds, status FROM bills WHERE id = ?",
                                bill)


def set_roaming(records, fields, account):
    on = need(fields, "on")
    if not isinstance(on, bool):
        raise Refusal(400, "invalid_flag", "'on' must be true or false.")
    records.change("UPDATE accounts SET roaming = ? WHERE id = ?", int(on), account)
    return 200, {"roaming": on}


def find_shops(records, fields):
    area = re.match("[A-Z]{1,2}", bare(need_text(fields, "postcode", 12)))
    shops = records.rows("SELECT name, street, open FROM shops WHERE area = ?",
                         area.group() if area else "")
    return 200, {"shops": shops}


ROUTES = [
    ("GET", "/accounts", find_account),
    ("GET", "/accounts/{n}/bills", list_bills),
    ("POST", "/accounts/{n}/credits", give_credit),
    ("PUT", "/accounts/{n}/roaming", set_roaming),
    ("GET", "/shops", find_shops),
]

if __name__ == "__main__":
    service.run("the telephone company", 8083, ROUTES, SCHEMA, fill)
