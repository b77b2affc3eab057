#!/usr/bin/env python3
"""Breaks Myna on purpose, one mutant at a time, and asks whether a scenario notices.

  run.py                    all mutants of the tables beside this file
  run.py --only handoff     those with this in their name or rule
  run.py --keep DIR         builds there, and leaves it for the next run
  run.py --check            only whether all still fit the code; builds nothing

The tree is copied and built once; each mutant is one replacement, an incremental build and a play
of all scenarios. A mutant is killed when a scenario fails that has the mutant's rule in its name;
one whose rule is a unit test (call.a_test), when that test fails. One of e2e:NAME, when
tests/e2e/NAME.test.mjs fails against the broken binary, which must pass against the unbroken one.

A table is ROOM.def: the mutants of runtime/ROOM (lua.def: of lua/), so that work in two rooms meets
in no file. In it, "RULE FILE: NAME", then the lines that are taken out (-) and what stands there
instead (+); the lines must stand in the file exactly once. RULE is - where no rule of
conversation.md has a number for it: then any scenario may fail.

Exit status: 0 all killed, 1 one survived, 2 the table, the build or the unbroken tree is not right.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCENARIOS = ("agents/dental", "tests/scenarios")
JOBS = "2"
BUILD_S = 600
E2E_S = 180
PLAY_S = 60  # a play takes under a second; what hangs the process was not noticed by a scenario


class Wrong(Exception):
    """Something that is no verdict about a mutant."""


class Mutant:
    def __init__(self, place):
        self.place = place
        self.name = self.rule = self.file = None
        self.old, self.new = [], []

    def check(self):
        if not (self.name and self.rule and self.file and self.old):
            raise Wrong(f"{self.place}: a mutant needs a name, a rule, a file and lines to replace")

    def room(self):
        return self.file.removeprefix("runtime/").split("/")[0]

    def applied(self, text):
        old = "".join(line + "\n" for line in self.old)
        if ("\n" + text).count("\n" + old) != 1:
            raise Wrong(f"{self.place}: the mutant no longer fits: its lines must stand in "
                        f"{self.file} exactly once")
        new = "".join(line + "\n" for line in self.new)
        return ("\n" + text).replace("\n" + old, "\n" + new)[1:]


def read_table(path):
    """The mutants of a table: paragraphs of "rule file: name", then lines as in a diff."""
    mutants, mutant = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = f"{path.name}:{number}"
        head = re.fullmatch(r"(R\d+|-|[a-z]+\.\w+|e2e:\w+) (\S+): (.+)", line)
        if line.startswith("#") or not line:
            continue
        if head:
            mutant = Mutant(place)
            mutant.rule, mutant.file, mutant.name = head.groups()
            mutants.append(mutant)
        elif mutant and line[0] in "-+":
            (mutant.old if line[0] == "-" else mutant.new).append(line[1:])
        else:
            raise Wrong(f"{place}: expected 'R11 file: name', or a line that begins with - or +")
    for mutant in mutants:
        mutant.check()
        if mutant.room() != path.stem:
            raise Wrong(f"{mutant.place}: a mutant of {mutant.file} stands in {mutant.room()}.def")
    return mutants


def read_tables():
    return [mutant for path in sorted(HERE.glob("*.def")) for mutant in read_table(path)]


def command(words, cwd, limit_s):
    try:
        return subprocess.run(words, cwd=cwd, timeout=limit_s, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except subprocess.TimeoutExpired:
        raise Wrong(f"'{' '.join(words)}' did not end in {limit_s} s") from None


def build(tree, target="myna"):
    done = command(["cmake", "--build", "--preset", "release", "--target", target, "-j", JOBS],
                   tree, BUILD_S)
    if done.returncode != 0:
        raise Wrong("it does not build:\n" + done.stdout[-4000:])


def prepare(tree):
    """Brings the tree to what lies here, changes not yet committed too; writes what differs."""
    listed = command(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT,
                     BUILD_S)
    if listed.returncode != 0:
        raise Wrong("git does not list the tree: " + listed.stdout)
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, tree / name
        if not source.is_file():
            continue
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        shutil.copymode(source, target)
    done = command(["cmake", "--preset", "release", "-DMN_WERROR=OFF"], tree, BUILD_S)
    if done.returncode != 0:
        raise Wrong("it cannot be configured:\n" + done.stdout[-4000:])
    build(tree)


def play(tree):
    """The exit status of all scenarios, and the names of those that failed."""
    done = command(["build/release/myna", "test", "--format", "json", "-j", JOBS, *SCENARIOS], tree,
                   PLAY_S)
    failed = []
    for line in done.stdout.splitlines():
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if isinstance(result, dict) and result.get("status") == "failed":
            failed.append(result["name"])
    return done.returncode, failed


def unit_test(rule):
    """The room and the name of the unit test a rule names; or None."""
    return rule.split(".") if "." in rule else None


def fails(tree, rule):
    """Whether that unit test fails."""
    room, test = unit_test(rule)
    build(tree, f"mn_unit_{room}")
    return command([f"build/release/tests/unit/{room}/mn_unit_{room}", test], tree,
                   PLAY_S).returncode != 0


def meet(tree, name):
    """The tests of an e2e file that fail with this tree's binary."""
    done = subprocess.run(["node", "--test", "--test-reporter=tap", f"{name}.test.mjs"],
                          cwd=ROOT / "tests/e2e", timeout=E2E_S, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "MYNA": str(tree / "build/release/myna")})
    failed = re.findall(r"^\s*not ok \d+ - (.+)$", done.stdout, re.MULTILINE)
    return failed or (["(the file itself)"] if done.returncode != 0 else [])


def verdict_of_e2e(tree, mutant):
    try:
        failed = meet(tree, mutant.rule.removeprefix("e2e:"))
    except subprocess.TimeoutExpired:
        return True, f"killed: its tests did not end in {E2E_S} s"
    return bool(failed), f"killed by '{failed[0]}'" if failed else "SURVIVED"


def verdict(mutant, status, failed):
    """Whether it was killed, and the words that say by what."""
    own = [name for name in failed
           if mutant.rule == "-" or re.search(rf"\b{mutant.rule}\b", name)]
    if own and status == 1:
        more = len(failed) - 1
        return True, f"killed by '{own[0]}'" + (f" and {more} more" if more else "")
    if failed:
        return False, (f"SURVIVED every scenario of {mutant.rule}; only others failed, "
                       f"as '{failed[0]}'")
    return False, "SURVIVED" + (f" (myna test ended with {status})" if status != 0 else "")


def try_one(tree, mutant):
    path = tree / mutant.file
    whole = path.read_text()
    path.write_text(mutant.applied(whole))
    try:
        if unit_test(mutant.rule):
            return (True, "killed") if fails(tree, mutant.rule) else (False, "SURVIVED")
        build(tree)
        if mutant.rule.startswith("e2e:"):
            return verdict_of_e2e(tree, mutant)
        return verdict(mutant, *play(tree))
    except Wrong as wrong:
        return False, f"NOT TRIED: {wrong}"
    finally:
        path.write_text(whole)


def check(mutants):
    """Names all that do not fit; how many they are."""
    unfit = 0
    for mutant in mutants:
        try:
            mutant.applied((ROOT / mutant.file).read_text())
        except (Wrong, OSError) as wrong:
            print(f"run.py: {wrong}", file=sys.stderr)
            unfit += 1
    return unfit


def run(tree, mutants):
    prepare(tree)
    status, failed = play(tree)
    if status != 0:
        raise Wrong(f"the unbroken tree fails its scenarios ({status}): {', '.join(failed)}")
    for rule in sorted({m.rule for m in mutants if unit_test(m.rule)}):
        if fails(tree, rule):
            raise Wrong(f"the unbroken tree fails {rule}, or has no such test")
    for name in sorted({m.rule[4:] for m in mutants if m.rule.startswith("e2e:")}):
        failed = meet(tree, name)
        if failed:
            raise Wrong(f"the unbroken tree fails e2e {name}: {', '.join(failed)}")
    survivors = 0
    for mutant in mutants:
        began = time.monotonic()
        killed, words = try_one(tree, mutant)
        survivors += not killed
        seconds = time.monotonic() - began
        print(f"{mutant.rule:4} {mutant.name}: {words} ({seconds:.1f} s)", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} mutants killed")
    return 1 if survivors else 0


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", default="", help="mutants with this in their name or rule")
    options.add_argument("--check", action="store_true", help="only look whether all fit")
    options.add_argument("--keep", type=pathlib.Path, help="build in this directory and leave it")
    chosen = options.parse_args()
    try:
        mutants = [m for m in read_tables()
                   if chosen.only in m.name or chosen.only == m.rule]
        if not mutants:
            raise Wrong("no mutant fits")
        if check(mutants) > 0:  # all must fit before the long part
            return 2
        if chosen.check:
            return 0
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            return run(chosen.keep.resolve(), mutants)
        with tempfile.TemporaryDirectory(prefix="myna-mutants-") as tree:
            return run(pathlib.Path(tree), mutants)
    except (Wrong, OSError) as wrong:
        print(f"run.py: {wrong}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
