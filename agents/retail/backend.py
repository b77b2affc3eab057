#!/usr/bin/env python3
"""backend.py - customers, products, orders and returns of an outdoor shop behind HTTP.

    python3 backend.py --port 8084

A stand-in for the systems a real shop has. Orders are some days old, counted from today; --db keeps
what was ordered and sent back. How it is served, and how it refuses, is service.py's.
"""
import os
import re
import sys
from datetime import date, timedelta

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from service import Refusal, need, need_date, need_number, need_text

SCHEMA = """
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL UNIQUE, born TEXT NOT NULL,
    card_last4 TEXT NOT NULL, address TEXT NOT NULL, news INTEGER);
CREATE TABLE products (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, pounds REAL NOT NULL,
    stock INTEGER NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers(id),
    day TEXT NOT NULL, status TEXT NOT NULL);
CREATE TABLE lines (
    order_id INTEGER NOT NULL REFERENCES orders(id), sku TEXT NOT NULL REFERENCES products(sku),
    amount INTEGER NOT NULL, pounds REAL NOT NULL);
CREATE TABLE returns (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), sku TEXT NOT NULL,
    reason TEXT NOT NULL, UNIQUE (order_id, sku));
"""
CUSTOMERS = [
    (31, "Noor Haddad", "02079460331", "1987-06-14", "4411", "9 Quay Street, Bristol", None),
    (32, "Ewan Brodie", "02079460332", "1972-12-02", "0905", "3 Mill Lane, Leith", 1),
]
PRODUCTS = [
    ("TENT-2", "Fell tent for two", "tent", 189.00, 6),
    ("TENT-4", "Fell tent for four", "tent", 279.00, 0),
    ("BOOT-40", "Skarn boots, size 40", "boots", 129.00, 3),
    ("BOOT-43", "Skarn boots, size 43", "boots", 129.00, 11),
    ("STOVE-1", "Pocket stove", "stove", 39.50, 20),
    ("GAS-230", "Gas, 230 grams", "stove", 6.90, 99),
]
ORDERS = [  # days ago, what was in them
    (5001, 31, 9, "delivered", [("BOOT-40", 1)]),
    (5002, 31, 70, "delivered", [("TENT-2", 1), ("GAS-230", 2)]),
    (5003, 32, 1, "on its way", [("STOVE-1", 1)]),
]


def fill(db):
    prices = {sku: pounds for sku, _, _, pounds, _ in PRODUCTS}
    db.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)", CUSTOMERS)
    db.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?)", PRODUCTS)
    for number, customer, days, status, things in ORDERS:
        day = (date.today() - timedelta(days=days)).isoformat()
        db.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", (number, customer, day, status))
        db.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)",
                       [(number, sku, amount, prices[sku]) for sku, amount in things])


SMALL = {"for", "the", "and", "you", "your", "with"}


def bare(text):
    return re.sub("[^0-9]", "", text)


def verify(records, fields):
    """All three must fit; which one does not is not said."""
    return 200, records.one(
        "customer", "SELECT id, name, address, news FROM customers WHERE phone = ? AND born = ? "
        "AND card_last4 = ?", bare(need_text(fields, "phone", 30)), need_date(fields, "born"),
        bare(need_text(fields, "card_last4", 8)))


def change_customer(records, fields, customer):
    records.one("customer", "SELECT id FROM customers WHERE id = ?", customer)
    if "address" in fields:
        records.change("UPDATE customers SET address = ? WHERE id = ?",
                       need_text(fields, "address", 300), customer)
    if "news" in fields:
        if not isinstance(fields["news"], bool):
            raise Refusal(400, "invalid_flag", "'news' must be true or false.")
        records.change("UPDATE customers SET news = ? WHERE id = ?", int(fields["news"]), customer)
    return 200, records.one("customer", "SELECT id, name, address, news FROM customers "
                            "WHERE id = ?", customer)


def search(records, fields):
    words = set(re.findall("[a-z0-9]{2,}", need_text(fields, "words", 100).lower())) - SMALL
    found = []
    for product in records.rows("SELECT * FROM products ORDER BY pounds"):
        text = f"{product['sku']} {product['name']} {product['kind']}".lower()
        hits = sum(word.rstrip("s") in text for word in words)
        if hits:
            found.append((-hits, product))
    found.sort(key=lambda pair: pair[0])
    return 200, {"products": [product for _, product in found[:5]]}


def lines_of(records, order):
    return records.rows("SELECT sku, name, amount, lines.pounds FROM lines "
                        "JOIN products USING (sku) WHERE order_id = ?", order)


def list_orders(records, _fields, customer):
    orders = records.rows("SELECT id, day, status FROM orders WHERE customer = ? "
                          "ORDER BY day DESC LIMIT 10", customer)
    return 200, {"orders": [{**order, "lines": lines_of(records, order["id"])} for order in orders]}


def take_order(records, fields):
    customer, things = need_number(fields, "customer"), need(fields, "lines")
    if not isinstance(things, list) or not 0 < len(things) <= 20:
        raise Refusal(400, "invalid_lines", "'lines' has 1 to 20 rows of sku and amount.")
    with records.alone():
        records.one("customer", "SELECT id FROM customers WHERE id = ?", customer)
        wanted = []
        for row in things:
            if not isinstance(row, dict):
                raise Refusal(400, "invalid_lines", "A row is an object of sku and amount.")
            sku, amount = need_text(row, "sku", 20), need_number(row, "amount", 1, 20)
            product = records.one("product", "SELECT * FROM products WHERE sku = ?", sku)
            if product["stock"] < amount:
                raise Refusal(409, "out_of_stock", f"{product['name']}: {product['stock']} left.")
            wanted.append((sku, amount, product["pounds"]))
        order = records.change("INSERT INTO orders (customer, day, status) VALUES (?, ?, 'new')",
                               customer, date.today().isoformat())
        for sku, amount, pounds in wanted:
            records.change("INSERT INTO lines VALUES (?, ?, ?, ?)", order, sku, amount, pounds)
            records.change("UPDATE products SET stock = stock - ? WHERE sku = ?", amount, sku)
    return 201, {"id": order, "pounds": round(sum(a * p for _, a, p in wanted), 2)}


def send_back(records, fields):
    customer, order = need_number(fields, "customer"), need_number(fields, "order")
    sku, reason = need_text(fields, "sku", 20), need_text(fields, "reason", 300)
    with records.alone():
        records.one("order", "SELECT id FROM orders JOIN lines ON order_id = id WHERE id = ? "
                    "AND customer = ? AND sku = ?", order, customer, sku)
        if records.rows("SELECT 1 FROM returns WHERE order_id = ? AND sku = ?", order, sku):
            raise Refusal(409, "returned_already", "A label was made for it already.")
        made = records.change("INSERT INTO returns (order_id, sku, reason) VALUES (?, ?, ?)",
                              order, sku, reason)
    return 201, {"id": made, "label": f"R-{order}-{made}"}


ROUTES = [
    ("POST", "/verify", verify),
    ("PATCH", "/customers/{n}", change_customer),
    ("GET", "/customers/{n}/orders", list_orders),
    ("GET", "/products", search),
    ("POST", "/orders", take_order),
    ("POST", "/returns", send_back),
]

if __name__ == "__main__":
    service.run("the outdoor shop", 8084, ROUTES, SCHEMA, fill)
