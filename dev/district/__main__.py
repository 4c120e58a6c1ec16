"""`python -m dev.district --output DIR`: writes `organisation.json` and `categories.json`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dev.district.build import build
from dev.district.checks import household_warnings
from dev.district.write import write


def main(arguments: list[str] | None = None) -> int:
    """Write both files; warnings and refusals go to standard error, 1 is a refusal."""
    parser = argparse.ArgumentParser(prog="dev.district", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for the two files")
    parser.add_argument("--boundaries", type=Path, help="GeoJSON with the outlines of the streets")
    parser.add_argument("--categories", type=Path, help="JSON with a real category tree")
    options = parser.parse_args(arguments)
    try:
        organisation, catalogue = build(options.boundaries, options.categories)
        write(options.output, organisation, catalogue)
    except (OSError, ValueError) as refusal:
        print(f"dev.district: {refusal}", file=sys.stderr)
        return 1
    for warning in household_warnings(organisation["areas"]):
        print(f"warning: {warning}", file=sys.stderr)
    counts = ", ".join(
        f"{len(organisation[part])} {part}" for part in ("areas", "units", "people", "posts", "responders", "rules")
    )
    print(f"{options.output}: {counts}, {len(catalogue['categories'])} categories")
    return 0


if __name__ == "__main__":
    sys.exit(main())
