"""Writes docs/compose-errors.md from the tables in services/gateway/compose/codes.py."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping

from dev.places import ROOT
from services.gateway.compose.codes import ERRORS, HINTS, Explanation

PAGE = ROOT / "docs/compose-errors.md"

_HEAD = """\
# What composition answers

> **摘要** `compose` 把各子图的 SDL 合成超图。合不成时逐条说明错误码、子图里的文件与行、原因和改法;合得成但值得留意的是提示。

`python -m services.gateway compose` reads the SDL of every subgraph and writes the supergraph, or says on standard error why there is none:
a code, the sentence, each place concerned (`file:line (subgraph): what is written there`), and how to mend it. Nothing is written then.

| argument | what it does |
| --- | --- |
| `--subgraph NAME=URL=SDL_FILE` | one subgraph; repeat it |
| `--output FILE` | write the supergraph SDL; without it, composition is only checked |
| `--public-schema FILE` | write the schema consumers see: nothing of the join specification, nothing hidden |
| `--diff EARLIER` | compare the consumer schema with that of an earlier supergraph SDL: breaking, dangerous, safe changes |
| `--fail-on breaking` (or `dangerous`) | with `--diff`, for a CI gate: exit with 1 and write nothing when there is such a change |
| `--format json` | one object on standard output: `errors`, `hints` and, with `--diff`, `changes` |

`--diff` reports what graphql-core finds between two schemas, and what graphql-core does not look at: added and removed demands
(`@authenticated`, `@requiresScopes`, `@policy`), `@oneOf`, `@deprecated`. It does not look at costs and sizes of lists.

The codes are those of Federation; this page is written from the code (`make schema`).
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *_table("Errors", "错误", ERRORS), *_table("Hints", "提示", HINTS)]
    return "\n".join(parts)


def _table(title: str, chinese: str, codes: Mapping[str, Explanation]) -> Iterator[str]:
    yield f"## {title} {chinese}\n"
    yield "| code | what is wrong | how to mend it | 说明 |"
    yield "| --- | --- | --- | --- |"
    for code, each in codes.items():
        yield f"| `{code}` | {each.meaning} | {each.mend} | {each.chinese} |"
    yield ""


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.compose_errors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; 1 when the page is out of date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        print("docs/compose-errors.md is out of date. Run `make schema` and commit what changed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
