"""The command `compose`: subgraph SDL files in; supergraph, consumer schema and what changes for consumers out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphql import lexicographic_sort_schema, print_schema

from services.gateway.compose import Composition, CompositionError, CompositionHint, Subgraph, compose
from services.gateway.compose.diff import Change, Criticality, changes
from services.gateway.errors import ConfigurationInvalid
from services.gateway.supergraph import load_supergraph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subgraph", action="append", required=True, metavar="NAME=URL=SDL_FILE")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the supergraph SDL")
    parser.add_argument("--public-schema", type=Path, metavar="FILE", help="write the consumer schema")
    parser.add_argument("--diff", type=Path, metavar="EARLIER", help="say what changes since this supergraph SDL")
    parser.add_argument(
        "--fail-on",
        choices=[Criticality.BREAKING.value, Criticality.DANGEROUS.value],
        help="with --diff: a change of this kind or worse fails",
    )
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="json: one object on standard output"
    )


def run(options: argparse.Namespace) -> int:
    """Compose, say what was found, and write the files only if nothing failed.

    Raises GatewayError and OSError for arguments and files that cannot be used.
    """
    if options.fail_on and not options.diff:
        raise ConfigurationInvalid("--fail-on needs --diff")
    earlier = options.diff.read_text(encoding="utf-8") if options.diff else None
    composition = compose([_subgraph(item) for item in options.subgraph])
    changed: tuple[Change, ...] = ()
    if composition.supergraph_sdl is not None and earlier is not None:
        changed = changes(earlier, composition.supergraph_sdl)
    if options.format == "json":
        print(as_json(composition, changed if options.diff else None))
    else:
        _print_text(composition, changed if options.diff else None)
    if composition.supergraph_sdl is None or _too_critical(changed, options.fail_on):
        return 1
    if options.output:
        options.output.write_text(composition.supergraph_sdl, encoding="utf-8")
    if options.public_schema:
        public = lexicographic_sort_schema(load_supergraph(composition.supergraph_sdl).schema)
        options.public_schema.write_text(print_schema(public) + "\n", encoding="utf-8")
    return 0


def _subgraph(argument: str) -> Subgraph:
    name, _, rest = argument.partition("=")
    # A URL may hold "=" in its query, a file name rarely does: the last one separates.
    url, separator, file = rest.rpartition("=")
    if not name or not separator:
        raise ConfigurationInvalid(f"expected NAME=URL=SDL_FILE, got {argument!r}")
    return Subgraph(name, url, Path(file).read_text(encoding="utf-8"), file)


def _too_critical(changed: Sequence[Change], limit: str | None) -> bool:
    order = list(Criticality)
    return limit is not None and any(
        order.index(each.criticality) <= order.index(Criticality(limit)) for each in changed
    )


def _print_text(composition: Composition, changed: Sequence[Change] | None) -> None:
    """Findings go to standard error, changes to standard output, grouped by how bad they are."""
    for hint in composition.hints:
        print(f"hint: {hint}", file=sys.stderr)
    for error in composition.errors:
        print(f"error: {error}", file=sys.stderr)
    if changed is None or composition.supergraph_sdl is None:
        return
    for criticality in Criticality:
        group = [each for each in changed if each.criticality is criticality]
        if group:
            print(f"{criticality.value} ({len(group)})")
        for each in group:
            print(f"  {each}")
    if not changed:
        print("nothing changes for consumers")


def as_json(composition: Composition, changed: Sequence[Change] | None) -> str:
    """`errors`, `hints` and, when asked for, `changes`, as one JSON object."""
    report: dict[str, Any] = {
        "errors": [_finding(error) for error in composition.errors],
        "hints": [_finding(hint) for hint in composition.hints],
    }
    if changed is not None:
        report["changes"] = [asdict(each) for each in changed]
    return json.dumps(report, ensure_ascii=False, indent=2)


def _finding(finding: CompositionError | CompositionHint) -> dict[str, Any]:
    return {key: value for key, value in asdict(finding).items() if value is not None}
