#!/usr/bin/env python3
"""run.py - play a scripted call of ten minutes and forty turns, and print what it takes.

    tests/bench/long_call/run.py build/release/myna

CPU time of the whole process, median of several plays: a busy machine does not count. Fails when it
is more than LIMIT_MS, three times what it takes, so that only a change of kind is noticed.
"""
import pathlib
import resource
import statistics
import subprocess
import sys

APP = pathlib.Path(__file__).resolve().parent / "app"
PLAYS = 7
LIMIT_MS = 400


def spent():
    """Returns the ms of CPU that processes we waited for have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def play(binary):
    before = spent()
    run = subprocess.run([binary, "test", str(APP)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"it did not pass:\n{run.stdout}{run.stderr}")
    return spent() - before


def main():
    median = statistics.median(play(sys.argv[1]) for _ in range(PLAYS))
    kept = median < LIMIT_MS
    print(f"{'ok    ' if kept else 'not ok'} ten minutes, forty turns {median:6.1f} ms"
          f"   (under {LIMIT_MS})")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
