"""`make bench`: run the benchmarks, print the ratios, save everything as JSON under `.data/bench/`."""

import argparse
import asyncio
import json
import platform
import time
from typing import Any

from bench import timers, write_path
from dev.places import DATA

_BENCHES = ("write-path", "timers")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=_BENCHES, help="one of the benchmarks")
    parser.add_argument("--seconds", type=float, default=write_path.SECONDS, help="of each measurement")
    parser.add_argument("--open", type=int, default=timers.Plan.many, help="open orders for the timers")
    parser.add_argument("--burst", type=int, default=timers.Plan.burst, help="steps of the timers that are due at once")
    options = parser.parse_args()
    if options.only != "timers":
        result = asyncio.run(write_path.run(options.seconds))
        _show_write_path(result)
        _save("write-path", result)
    if options.only != "write-path":
        plan = timers.Plan(
            few=min(timers.Plan.few, options.open),
            many=options.open,
            burst=options.burst,
            seconds=2 * options.seconds,
        )
        result = asyncio.run(timers.run(plan))
        timers.show(result)
        _save("timers", result)


def _save(name: str, result: dict[str, Any]) -> None:
    result["machine"] = {"python": platform.python_version(), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    file = DATA / "bench" / f"{name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=2))
    print(f"saved: {file.relative_to(DATA.parent)}")


def _show_write_path(result: dict[str, Any]) -> None:
    rows = [
        ("a  raw insert, one document", result["raw_insert"]),
        ("b  raw transaction, two documents", result["raw_transaction"]),
        ("c  report submitted (answered)", result["suite"]["submit"]),
        ("c  submitted → dispatched (seen)", result["suite"]["dispatched"]),
    ]
    print(f"\n{'':36}{'per second':>12}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")
    for name, row in rows:
        print(f"{name:36}{row['per_second']:>12}{row['p50_ms']:>10}{row['p95_ms']:>10}{row['p99_ms']:>10}")
    print(f"\nc / b                                 {result['c_over_b']:.2f}   (goal: at least 0.25)")
    print(f"p99 of submit / p99 of a transaction  {result['submit_p99_over_transaction_p99']:.2f}   (goal: under 10)")
    spent = result["suite"]["cpu_ms_per_report"]
    print("\nprocessor milliseconds a report       " + "   ".join(f"{name} {ms}" for name, ms in spent.items()))
    print(f"                                      {sum(spent.values()):.2f} in all, on two cores")


if __name__ == "__main__":
    main()
