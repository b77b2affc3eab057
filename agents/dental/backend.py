#!/usr/bin/env python3
"""backend.py - the practice's records behind HTTP: patients, diary, money, care, the house itself.

    python3 backend.py --port 8081

A stand-in for the system a real practice has. The data is the same at each start; --db keeps what
was booked. How it is served, and how it refuses, is service.py's; what it knows lies in practice/.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import service
from practice import care, diary, house, money, patients, tables

ROUTES = patients.ROUTES + diary.ROUTES + money.ROUTES + care.ROUTES + house.ROUTES

if __name__ == "__main__":
    service.run("Barton Dental", 8081, ROUTES, tables.SCHEMA, tables.fill)
