#!/usr/bin/env python3
"""How fast natlab simulate plays the pairs of a population, and in how much memory.

    population.py BIN_DIRECTORY POPULATION_FILE [--hosts N] [--json FILE]

The limit is 1,000 hosts, all 499,500 pairs, within 10 minutes on two cores and 2 GiB. Fewer hosts are held to it pro
rata: to as much processor time a pair, since another process may have a core; memory is held to the whole limit. Exit 1
above the limit.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

SECONDS, CORES, PAIRS = 600, 2, 499_500
MEMORY_MIB = 2048


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin_directory")
    parser.add_argument("population")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        subprocess.run([os.path.join(options.bin_directory, "natlab"), "simulate", "--population", options.population,
                        "--hosts", str(options.hosts), "--quiet", "--json", os.path.join(folder, "matrix.json")],
                       check=True)
        elapsed = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    pairs = options.hosts * (options.hosts - 1) // 2
    processor_ms = 1000 * (used.ru_utime + used.ru_stime) / pairs
    result = {"hosts": options.hosts, "pairs": pairs, "seconds": elapsed, "processor_ms_a_pair": processor_ms,
              "limit_ms_a_pair": 1000 * SECONDS * CORES / PAIRS, "memory_mib": used.ru_maxrss / 1024,
              "limit_mib": MEMORY_MIB}
    print(f"{pairs} pairs in {elapsed:.2f} s; {processor_ms:.3f} ms of a core each, "
          f"{processor_ms / result['limit_ms_a_pair']:.2f} of the limit; {result['memory_mib']:.0f} MiB, "
          f"{result['memory_mib'] / MEMORY_MIB:.2f} of the limit")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"population": result}, out, indent=2)
    return 1 if processor_ms > result["limit_ms_a_pair"] or result["memory_mib"] > MEMORY_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
