#!/usr/bin/env python3
"""run.py - look at the reports of `myna test` from outside.

    tests/reports/run.py junit|crash <the binary>

junit: what it writes fits junit.xsd, whatever came of the scenarios. crash: a process that dies
while it plays a scenario costs that scenario alone, and the report says which."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).parent
SCENARIOS = HERE / "shop" / "scenarios"


def check(ok, what):
    if not ok:
        sys.exit(f"reports: {what}")


def read(path):
    """The report, when it fits the schema."""
    lint = subprocess.run(["xmllint", "--noout", "--schema", HERE / "junit.xsd", path],
                          capture_output=True, errors="replace", check=False)
    check(lint.returncode == 0, lint.stderr + pathlib.Path(path).read_text("utf-8", "replace"))
    return xml.parse(path).getroot()


def counts(suite):
    """What a suite says of itself, which must be what is in it."""
    cases = suite.findall("testcase")
    found = {"tests": len(cases)}
    for word, child in ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"):
        found[word] = sum(case.find(child) is not None for case in cases)
    check(all(int(suite.get(word)) == n for word, n in found.items()), f"{suite.attrib}: {found}")
    return found


def total(root):
    suites = [counts(suite) for suite in root]
    return {word: sum(suite[word] for suite in suites)
            for word in ("tests", "failures", "errors", "skipped")}


def junit(myna, report):
    for files, status, expected in (
            (["mixed", "broken"], 1, {"tests": 5, "failures": 2, "errors": 1, "skipped": 1}),
            (["broken"], 1, {"tests": 1, "failures": 0, "errors": 1, "skipped": 0})):
        paths = [SCENARIOS / f"{name}.lua" for name in files]
        run = subprocess.run([myna, "test", "--format", "junit", "--output", report, *paths],
                             capture_output=True, errors="replace", check=False)
        check(run.returncode == status, f"status {run.returncode}:\n{run.stdout}{run.stderr}")
        check(total(read(report)) == expected, f"{total(read(report))}, not {expected}")
    passing = [SCENARIOS / "mixed.lua", "--filter", "heard"]
    subprocess.run([myna, "test", "--format", "junit", "--output", report, *passing], check=True,
                   stdout=subprocess.DEVNULL)
    check(total(read(report))["tests"] == 1, "one scenario was asked for")


def child_of(pid):
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it has ended
        if int(text.rpartition(")")[2].split()[1]) == pid:
            return int(stat.parent.name)
    return None


def crash(myna, report):
    command = [myna, "test", "--format", "junit", "--output", report, SCENARIOS / "endless.lua"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if " before " in line:
                os.kill(child_of(run.pid), signal.SIGABRT)
                break
        rest = run.stdout.read()
    check(run.returncode == 1, f"status {run.returncode}:\n{rest}")
    check("not ok   killed" in rest and "ok       after" in rest, rest)
    check("ended by signal 6" in rest and "endless.lua:8: " in rest, rest)
    root = read(report)
    check(total(root) == {"tests": 3, "failures": 0, "errors": 1, "skipped": 0}, total(root))


with tempfile.TemporaryDirectory() as folder:
    {"junit": junit, "crash": crash}[sys.argv[1]](sys.argv[2], os.path.join(folder, "report.xml"))
