#!/usr/bin/env python3
"""Sums up what ctest wrote.

summary.py FOLDER                   of every SET.xml in it: the skipped tests by reason, the failed ones by name, and as the last line
                                    "N passed, N failed, N skipped"; exit status 1 when a test failed or none was run. A test
                                    that is a whole program is its own tests, if it told them (SET/PROGRAM.xml)
summary.py --merge OUT FILE.json... one JSON document {"name": content} of the benchmarks' results
"""

import collections
import json
import pathlib
import sys
import xml.etree.ElementTree


def skip_reason(case):
    """GoogleTest prints "file:line: Skipped" and then the reason; other tests print the reason last."""
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines() if line.strip()]
    for before, line in zip(lines, lines[1:]):
        if before.endswith(": Skipped"):
            return line
    return lines[-1] if lines else "no reason given"


def told(file):
    """The tests of a program in GoogleTest's own form, as (name, status, reason)."""
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        name = f"{file.stem}.{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            yield name, "fail", None
        elif skipped is not None:
            yield name, "skipped", (skipped.get("message") or "no reason given").strip().splitlines()[-1]
        elif case.get("status") == "run":
            yield name, "run", None


def tests(file):
    """The tests of one set, as (name, status, reason). A program that failed has one that did, whatever it told."""
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        name, status = case.get("name"), case.get("status")
        own = file.with_suffix("") / f"{name}.xml"
        inner = list(told(own)) if own.exists() else []
        yield from inner
        if not inner or (status == "fail" and all(each[1] != "fail" for each in inner)):
            yield name, status, skip_reason(case)


def summarize(folder):
    passed, failed, skipped = 0, [], collections.Counter()
    for file in sorted(folder.glob("*.xml")):
        for name, status, reason in tests(file):
            if status == "run":
                passed += 1
            elif status == "fail":
                failed.append(f"{file.stem}: {name}")
            else:  # skipped, or disabled for want of something the build looked for
                skipped[reason] += 1
    for name in failed:
        print(f"failed: {name}")
    for reason, times in sorted(skipped.items()):
        print(f"skipped {times}: {reason}")
    print(f"{passed} passed, {len(failed)} failed, {skipped.total()} skipped")
    return 1 if failed or not passed else 0


def merge(out, files):
    results = {file.stem.removeprefix("bench-"): json.loads(file.read_text()) for file in files if file.exists()}
    out.write_text(json.dumps(results, indent=2) + "\n")
    print(f"wrote {out}")
    return 0


def main(arguments):
    paths = [pathlib.Path(argument) for argument in arguments]
    if arguments[:1] == ["--merge"]:
        return merge(paths[1], paths[2:])
    return summarize(paths[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
