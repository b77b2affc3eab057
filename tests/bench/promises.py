#!/usr/bin/env python3
"""promises.py - hold the binary to what it promises a newcomer, and print what was measured.

    tests/bench/promises.py build/release/myna

    serving            within 100 ms of being started
    an idle server     under 20 MB
    chat               answers within 50 ms of a typed line (the simulator, text)
    myna test          shows its first result within 100 ms

Medians of several runs, for one run on a busy machine proves nothing. Fails when one is not kept.
"""
import statistics
import subprocess
import sys
import time

APP = "tests/bench/density/app"
RUNS = 7


def serve(binary):
    """Returns ms until it listens, and its resident MB then."""
    began = time.monotonic()
    server = subprocess.Popen(
        [binary, "serve", APP, "--port", "0", "--upstream", "sim", "--log-level", "off"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = server.stdout.readline()
        took = (time.monotonic() - began) * 1000
        if "listening on" not in line:
            sys.exit(f"it did not start: {line!r}")
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            kb = next(int(row.split()[1]) for row in status if row.startswith("VmRSS"))
        return took, kb / 1024
    finally:
        server.terminate()
        server.wait()


def first_result(binary):
    """Returns ms until the first scenario is told of."""
    began = time.monotonic()
    with subprocess.Popen([binary, "test", "agents/dental"], stdout=subprocess.PIPE,
                          text=True) as run:
        while not run.stdout.readline().startswith("  ok"):
            if run.poll() is not None:
                sys.exit("no scenario has passed")
        took = (time.monotonic() - began) * 1000
        run.stdout.read()
    return took


def chat(binary):
    """Returns the ms each of some typed lines waited for its answer."""
    talk = subprocess.Popen([binary, "chat", APP, "--upstream", "sim"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
    waits = []
    for number in range(RUNS):
        began = time.monotonic()
        talk.stdin.write(f"Is this line {number}?\n")
        talk.stdin.flush()
        while not talk.stdout.readline().startswith("Echo:"):
            if talk.poll() is not None:
                sys.exit("the chat ended early")
        waits.append((time.monotonic() - began) * 1000)
    talk.stdin.close()
    if talk.wait() != 0:
        sys.exit(f"the chat ended with status {talk.returncode}")
    return waits[1:]  # the first waits for the process, too


def main():
    binary = sys.argv[1]
    served = [serve(binary) for _ in range(RUNS)]
    kept = True
    for what, value, limit, unit in (
            ("serving after", statistics.median(took for took, _ in served), 100, "ms"),
            ("idle server", statistics.median(mb for _, mb in served), 20, "MB"),
            ("first result after",
             statistics.median(first_result(binary) for _ in range(RUNS)), 100, "ms"),
            ("chat answers after", statistics.median(chat(binary)), 50, "ms")):
        kept = kept and value < limit
        print(f"{'ok    ' if value < limit else 'not ok'} {what:20} {value:6.1f} {unit}"
              f"   (under {limit})")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
