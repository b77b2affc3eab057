#!/usr/bin/env python3
"""run.py - look at the reports of `myna test` from outside.

    tests/reports/run.py junit|crash|endless|none <the binary>

junit: what it writes fits junit.xsd, whatever came of the scenarios. crash: a process that dies
while it plays a scenario costs that scenario alone, and the report says which. endless: what would
hang the run fails, and says why. none: it is told that nothing was played."""
import json
import os
import pathlib
import re
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


def marked(path):
    """Of each scenario of a file: the line marked "-- fails: WORDS", and the words."""
    found, name = {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        scenario = re.match(r'test\.scenario\("(.+?)"', line)
        name = scenario.group(1) if scenario else name
        if "-- fails: " in line:
            found[name] = (number, line.partition("-- fails: ")[2])
    return found


def endless(myna, _):
    path = SCENARIOS / "never_ends.lua"
    run = subprocess.run([myna, "test", "--format", "json", path], capture_output=True, text=True,
                         check=False)
    results = [json.loads(line) for line in run.stdout.splitlines()]
    expected = marked(path)
    for result in results[:-1]:
        line, words = expected.pop(result["name"])
        told = [f["line"] == line and words in f["message"] for f in result["failures"]]
        check(any(told), f"expected line {line}, '{words}', got {result}")
    check(not expected and run.returncode == 1, f"{expected}:\n{run.stdout}{run.stderr}")


def none(myna, _):
    """Nothing fits: that is all that is said."""
    for words, status, said in (
            (["--filter", "no such"], 2, "no scenario fits --filter 'no such'"),
            (["--filter", "x", "--tag", "y"], 2, "no scenario fits --filter 'x' and --tag 'y'"),
            (["--shard", "9/10000"], 0, "no scenario fits --shard '9/10000'")):
        run = subprocess.run([myna, "test", SCENARIOS / "endless.lua", *words], text=True,
                             capture_output=True, check=False)
        check(run.returncode == status and run.stdout == "", f"{run.returncode}: {run.stdout}")
        check(said in run.stderr, run.stderr)


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
    checks = {"junit": junit, "crash": crash, "endless": endless, "none": none}
    checks[sys.argv[1]](sys.argv[2], os.path.join(folder, "report.xml"))
