"""`make simulate FILE=…`: replays a month of messages through the ladder in minutes and prints the month's scoreboard."""

import argparse
import asyncio
import logging
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from dev.places import DATA
from dev.simulation.messages import read_month
from dev.simulation.month import Month
from dev.simulation.people import Town
from dev.simulation.report import Report
from dev.simulation.stage import open_stage
from dev.simulation.tables import chart, table
from services.routing.model.clock.calendar import LOCAL


def _month(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=LOCAL)


async def _simulate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    async with open_stage(options.month) as (stage, broker):
        messages, unread = read_month(options.file, options.month, stage.reference, options.limit)
        print(
            f"{options.file.name}: {len(messages)} messages, {unread} lines left out; {options.month:%Y-%m}", flush=True
        )
        town = Town(stage, options.seed)
        month = Month(stage, broker, town, messages)
        end = messages[-1].at + timedelta(days=options.days_after)
        await month.play(end, lambda now: print(f"  {now:%Y-%m-%d %H:%M}", flush=True))
        report = Report(stage, town, month, options.month, len(messages) - month.refused)
        print()
        print(await report.text())
        lines = await report.lines()
        rows = [("✓" if line.holds else "✗", line.text, line.left, line.right) for line in lines]
        print(table("对账 Reconciliation", ("", "statement", "left", "right"), rows))
        refusals = sorted(town.refused.items(), key=lambda item: -item[1])
        print(table("被拒绝的操作 Refused commands", ("command and code", "count"), refusals))
        options.chart.parent.mkdir(parents=True, exist_ok=True)
        options.chart.write_text(chart("每日 by day", month.days, month.series), encoding="utf-8")
        commands = sum(town.done.values())
        seconds = time.perf_counter() - started
        print(f"{commands} commands, {sum(month.events.values())} events, {seconds:.0f} s; chart: {options.chart}")
    return 0 if all(line.holds for line in lines) else 1


def main() -> int:
    """The command line. Returns the exit code: 1 when the counts do not reconcile."""
    parser = argparse.ArgumentParser(prog="python -m dev.simulation", description=__doc__)
    parser.add_argument(
        "file", type=Path, help=".jsonl of messages or .csv of 311 requests, as `intake import` takes them"
    )
    parser.add_argument("--month", type=_month, default=_month("2026-03"), help="which month to play, YYYY-MM")
    parser.add_argument("--days-after", type=int, default=21, help="how long things go on after the last message")
    parser.add_argument("--limit", type=int, help="only so many messages")
    parser.add_argument("--seed", type=int, default=1, help="what people do is drawn from it")
    parser.add_argument(
        "--chart", type=Path, default=DATA / "simulation" / "month.svg", help="where the chart goes (SVG)"
    )
    return asyncio.run(_simulate(parser.parse_args()))


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    sys.exit(main())
