#!/usr/bin/env python3
"""run.py - play a scripted call of ten minutes and forty turns, and print what it takes.

    tests/bench/long_call/run.py build/release/myna

CPU time, medians of several runs: of a whole run, less that of one that plays nothing. Fails when
the call takes more than LIMIT_MS, twice what it does, so that only a change of kind is noticed.
"""
import pathlib
import resource
import statistics
import subprocess
import sys

APP = pathlib.Path(__file__).resolve().parent / "app"
PLAYS = 7
LIMIT_MS = 110


def spent():
    """Returns the ms of CPU that processes we waited for have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def play(binary, *options, expected=0):
    before = spent()
    run = subprocess.run([binary, "test", str(APP), *options], capture_output=True, text=True,
                         check=False)
    if run.returncode != expected:
        sys.exit(f"it did not pass:\n{run.stdout}{run.stderr}")
    return spent() - before


def main():
    binary = sys.argv[1]
    whole = statistics.median(play(binary) for _ in range(PLAYS))
    none = statistics.median(play(binary, "--filter", "(none)", expected=2) for _ in range(PLAYS))
    kept = whole - none < LIMIT_MS
    print(f"{'ok    ' if kept else 'not ok'} ten minutes, forty turns {whole - none:6.1f} ms"
          f"   (under {LIMIT_MS}; with the process {whole:.1f})")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
