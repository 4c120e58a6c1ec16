"""`make capabilities`: runs the tests that prove a capability and prints what holds; `--check` only compares them with the page.

`docs/capabilities.md` says of every row whether it is proven, partly proven or absent, and names the tests. A test names its rows with
`@pytest.mark.capability("R-07")`. Neither may claim what the other does not.
"""

import argparse
import ast
import dataclasses
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from dev.places import ROOT

PAGE = ROOT / "docs" / "capabilities.md"
STATES = ("proven", "partial", "absent")
_ROW = re.compile(r"\| ([A-Z]-\d\d) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the page."""

    id: str
    name: str
    state: str
    tests: tuple[str, ...]
    missing: str


def read_page(text: str) -> list[Row]:
    """The rows of the page's tables."""
    found = [match.groups() for line in text.splitlines() if (match := _ROW.match(line))]
    return [
        Row(number, name, state, tuple(re.findall(r"`(test_\w+)`", tests)), missing)
        for number, name, state, tests, missing in found
    ]


def marked_tests(folder: Path = ROOT / "tests") -> dict[str, set[str]]:
    """Row to the names of the tests that carry it, read from their source."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(folder.rglob("test_*.py")):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for row in _rows_of(function):
                    found[row].add(function.name)
    return dict(found)


def _rows_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.capability":
            yield from (str(ast.literal_eval(argument)) for argument in decorator.args)


def problems(rows: Sequence[Row], marked: Mapping[str, set[str]]) -> list[str]:
    """Where page and markers disagree, one line each."""
    found = [f"{row.id}: state {row.state!r} is none of {', '.join(STATES)}" for row in rows if row.state not in STATES]
    ids = [row.id for row in rows]
    found += [f"{number}: stands {count} times" for number, count in Counter(ids).items() if count > 1]
    found += [
        f"{number}: is not on the page; marked: {', '.join(sorted(marked[number]))}"
        for number in marked
        if number not in ids
    ]
    for row in rows:
        tests = marked.get(row.id, set())
        if row.state == "absent" and tests:
            found.append(f"{row.id}: absent, but marked: {', '.join(sorted(tests))}")
        elif row.state != "absent" and not tests:
            found.append(f"{row.id}: {row.state}, but no test carries it")
        elif set(row.tests) != tests:
            differing = ", ".join(sorted(set(row.tests) ^ tests))
            found.append(f"{row.id}: page and markers differ in {differing}")
        if (row.state == "proven") != (row.missing in ("", "–")):
            found.append(f"{row.id}: what is missing belongs to every row that is not proven, and to no other")
    return found


def failing_tests() -> set[str]:
    """Names of the marked tests that do not pass now; runs them all, against real servers of their own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "results.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            "slow or not slow",
            "--capabilities",
            f"--junitxml={report}",
        ]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code not in (0, 1):
            sys.exit(code)
        cases = list(ElementTree.parse(report).iter("testcase"))
    return {
        case.get("name", "").partition("[")[0]
        for case in cases
        if any(item.tag in ("failure", "error") for item in case)
    }


def table(rows: Sequence[Row], failing: set[str]) -> str:
    """The rows as they are now, and a line of totals."""
    totals: Counter[str] = Counter()
    lines = []
    for row in rows:
        broken = failing.intersection(row.tests)
        state = "FAILING" if broken else row.state
        totals[state] += 1
        detail = ", ".join(sorted(broken)) if broken else f"{len(row.tests)} tests" if row.tests else ""
        lines.append(f"{row.id}  {state:8} {row.name:60.60}  {detail}")
    counted = ", ".join(f"{totals[state]} {state}" for state in (*STATES[:2], "FAILING", STATES[2]) if totals[state])
    return "\n".join([*lines, "", f"{len(rows)} capabilities: {counted}."])


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.capabilities", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare page and markers, run nothing")
    options = parser.parse_args()
    rows = read_page(PAGE.read_text("utf-8"))
    wrong = problems(rows, marked_tests())
    for problem in wrong:
        print(problem, file=sys.stderr)
    if options.check or wrong:
        return 1 if wrong else 0
    failing = failing_tests()
    print(table(rows, failing))
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
