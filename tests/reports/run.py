#!/usr/bin/env python3
"""run.py - look at the reports of `myna test` from outside.

    tests/reports/run.py junit|crash|endless|none|records|progress <the binary>

junit: what it writes fits junit.xsd, whatever came of the scenarios. crash: a process that dies
while it plays a scenario costs that scenario alone, and the report says which. endless: what would
hang the run fails, and says why. none: it is told that nothing was played. records: they are the
same however they were played. progress: a long run shows it on a terminal."""
import json
import os
import pathlib
import pty
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


def records(myna, report):
    """Alone in order, or side by side and shuffled: the same seed leaves the same bytes."""
    kept = []
    for i, options in enumerate(([], ["-j2", "--shuffle"])):
        folder = pathlib.Path(report).parent / str(i)
        subprocess.run([myna, "test", "--seed", "7", "--record", folder, *options, "agents",
                        "tests/scenarios"], cwd=HERE.parent.parent, check=True,
                       stdout=subprocess.DEVNULL)
        kept.append({path.name: path.read_bytes() for path in folder.iterdir()})
    check(len(kept[0]) > 100, f"{len(kept[0])} records only")
    differ = [name for name in kept[0] if kept[0][name] != kept[1].get(name)]
    check(len(kept[0]) == len(kept[1]) and not differ, f"not the same: {differ}")


def progress(myna, _):
    """On a terminal a long run tells how far it is, and wipes that away."""
    ours, theirs = pty.openpty()
    subprocess.run([myna, "test", SCENARIOS / "never_ends.lua", "--filter", "loops",
                    "--repeat", "5"], stdout=subprocess.DEVNULL, stderr=theirs, check=False)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:
        pass  # the other end is closed
    check(re.search(rb"\r\x1b\[K\d+ of \d+ played", said), repr(said))
    check(said.endswith(b"\r\x1b[K"), repr(said))


def child_of(pid):
    """The process it has, and how long that has run, in ticks of the system."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[1]) == pid:
            return int(stat.parent.name), int(fields[11])
    sys.exit("reports: nobody plays")


def crash(myna, report):
    command = [myna, "test", "--format", "junit", "--output", report, SCENARIOS / "endless.lua"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if " before " in line:
                break
        child, began = child_of(run.pid)
        while child_of(run.pid)[1] < began + 3:  # until it is in the endless one
            pass
        os.kill(child, signal.SIGABRT)
        rest = run.stdout.read()
    check(run.returncode == 1, f"status {run.returncode}:\n{rest}")
    check("not ok   killed" in rest and "ok       after" in rest, rest)
    check("ended by signal 6" in rest and "endless.lua:8: " in rest, rest)
    root = read(report)
    check(total(root) == {"tests": 3, "failures": 0, "errors": 1, "skipped": 0}, total(root))


with tempfile.TemporaryDirectory() as folder:
    checks = {"junit": junit, "crash": crash, "endless": endless, "none": none,
              "records": records, "progress": progress}
    checks[sys.argv[1]](sys.argv[2], os.path.join(folder, "report.xml"))
