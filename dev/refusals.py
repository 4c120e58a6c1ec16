"""Writes docs/refusals.md: every code a command may be refused with, and its sentence in both languages."""

import argparse
import sys
from collections.abc import Iterator
from inspect import getmembers, isclass

from dev.places import ROOT
from dev.platform import DOMAIN_SERVICES
from dev.schema import modules_of
from services.chassis.errors import Refusal

PAGE = ROOT / "docs/refusals.md"

_HEAD = """\
# Why a command may be refused

> **摘要** 命令被拒绝时,`errors` 中给出稳定代码 `code`、无权办理的原因 `reason`、按调用者语言的说明
> `message` 和输入中的位置 `path`,数据不变。

A refusal is an entry of a payload's `errors`: `code` is stable, `reason` says of `NOT_ALLOWED` what is in the way, `message` is the
sentence below in the caller's language, `path` names the field of the input. Nothing has changed then. What a front end does about the
common ones: [front-end.md](front-end.md). This page is written from the code (`make schema`).
"""
_TITLES = {
    "chassis": "Everywhere 通用",
    "intake": "Intake 受理",
    "routing": "Routing 派单与处置",
    "mediation": "Mediation 调解",
}


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(_table(service) for service in ("chassis", *DOMAIN_SERVICES))


def row(kind: type[Refusal]) -> str:
    """A refusal as a row of its service's table."""
    return f"| `{kind.code}` | {f'`{kind.reason}`' if kind.reason else ''} | {kind.en} | {kind.zh} |"


def _table(service: str) -> str:
    rows = [row(kind) for kind in sorted(_refusals(service), key=lambda k: (k.code, k.reason or "", k.en))]
    return "\n".join(
        [
            "",
            f"## {_TITLES[service]}",
            "",
            "| code | reason | sentence | 说明 |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _refusals(service: str) -> Iterator[type[Refusal]]:
    for module in modules_of(f"services.{service}.errors"):
        for _, member in getmembers(module, isclass):
            ours = member.__module__ == module.__name__ and member is not Refusal
            if ours and issubclass(member, Refusal) and "en" in vars(member):
                yield member


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.refusals", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; 1 when the page is out of date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        print("docs/refusals.md is out of date. Run `make schema` and commit what changed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
