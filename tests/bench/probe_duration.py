#!/usr/bin/env python3
"""How long a verdict takes with real packets, from process start to exit, beside the packaged clients.

    probe_duration.py BIN_DIRECTORY [--json FILE]

Each case is a NAT profile and a round trip time: `natlab run` brings up the NAT and two reflectors, and this script, run
again inside as the command, times each client. Medians of nine runs for natprobe; the peers, which take many seconds,
run once each. Exit 1 when a median is above its limit: one for NATs that let something in, one where silence must be
proven; or when a packaged client is not that much slower.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

SILENT = {"restricted-cone", "port-restricted-cone", "symmetric"}
PROFILES = ["full-cone", "restricted-cone", "port-restricted-cone", "symmetric", "no-nat"]
LIMITS = {20: (0.3, 0.6), 100: (0.6, 1.2)}  # round trip in ms -> seconds: where all answer, where silence is proven
TIMES_FASTER = {"turnutils_natdiscovery": 10, "stun": 1}
RUNS = 9
PEERS = {
    "turnutils_natdiscovery": lambda host: ["turnutils_natdiscovery", "-m", "-f", host],
    "stun": lambda host: ["stun", host],
}


def timed(argv):
    start = time.monotonic()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return time.monotonic() - start, done


def measure_inside(natprobe, with_peers):
    """Runs behind the NAT; prints one JSON object."""
    seconds = []
    for _ in range(RUNS):
        elapsed, done = timed([natprobe, "--quiet", "--only", "mapping,filtering"])
        if done.returncode != 0:
            sys.exit(f"natprobe exited with {done.returncode}: {done.stderr.strip()}")
        seconds.append(elapsed)
    result = {"natprobe": statistics.median(seconds), "natprobe_max": max(seconds)}
    host = os.environ["NATSCOPE_REFLECTORS"].split(",")[0].split(":")[0]
    for name, argv in PEERS.items():
        if with_peers and shutil.which(name):
            result[name] = timed(argv(host))[0]
    print(json.dumps(result))


def measure_case(bin_directory, profile, rtt_ms):
    with_peers = profile == "port-restricted-cone" and rtt_ms == 20
    argv = [os.path.join(bin_directory, "natlab"), "run", profile, "--delay", f"{rtt_ms / 2:g}ms", "--",
            sys.executable, os.path.abspath(__file__), "--inside", os.path.join(bin_directory, "natprobe")]
    done = subprocess.run(argv + (["--peers"] if with_peers else []), stdout=subprocess.PIPE, text=True, check=True)
    return {"profile": profile, "rtt_ms": rtt_ms, "limit": LIMITS[rtt_ms][profile in SILENT], **json.loads(done.stdout.splitlines()[-1])}


def describe(case):
    beside = "".join(f"  {name} {case[name]:.2f} s ({case[name] / case['natprobe']:.1f} x)" for name in PEERS
                     if name in case)
    return (f"{case['profile']:22} {case['rtt_ms']:4} ms  median {case['natprobe']:.3f} s  max {case['natprobe_max']:.3f} s"
            f"  {case['natprobe'] / case['limit']:.2f} of the limit{beside}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin_directory", nargs="?")
    parser.add_argument("--json")
    parser.add_argument("--inside")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    if options.inside:
        return measure_inside(options.inside, options.peers)
    cases = []
    for rtt_ms in LIMITS:
        for profile in PROFILES:
            cases.append(measure_case(options.bin_directory, profile, rtt_ms))
            print(describe(cases[-1]), flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"probe_duration": cases}, out, indent=2)
    late = any(case["natprobe"] > case["limit"] for case in cases)
    outrun = any(case.get(peer, float("inf")) < times * case["natprobe"]
                 for case in cases for peer, times in TIMES_FASTER.items())
    return 1 if late or outrun else 0


if __name__ == "__main__":
    sys.exit(main())
