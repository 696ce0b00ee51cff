#!/usr/bin/env python3
"""Runs a Google Benchmark and holds each of its rates against a bar.

    at_least.py ITEMS_PER_SECOND JSON_FILE PROGRAM

Medians of five repetitions, by processor time. Exit 1 when one is below the bar.
"""
import json
import subprocess
import sys


def main():
    bar, document, program = float(sys.argv[1]), sys.argv[2], sys.argv[3]
    done = subprocess.run([program, "--benchmark_format=json", "--benchmark_repetitions=5",
                           "--benchmark_report_aggregates_only=true"], stdout=subprocess.PIPE, text=True, check=True)
    medians = [run for run in json.loads(done.stdout)["benchmarks"] if run.get("aggregate_name") == "median"]
    rates = {run["run_name"]: run["items_per_second"] for run in medians}
    for name, rate in rates.items():
        print(f"{name:24} {rate:12,.0f} a second  {rate / bar:.2f} of the bar")
    with open(document, "w", encoding="utf-8") as out:
        json.dump({"network_deliveries": {"bar": bar, "items_per_second": rates}}, out, indent=2)
    return 0 if rates and all(rate >= bar for rate in rates.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
