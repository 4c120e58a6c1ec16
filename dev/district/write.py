"""Writes the two files, one record a line so that a change reads well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from dev.district.model import Catalogue, Organisation


def write(folder: Path, organisation: Organisation, catalogue: Catalogue) -> None:
    """Write `organisation.json` and `categories.json` into `folder`, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in (("organisation.json", organisation), ("categories.json", catalogue)):
        (folder / name).write_text(_text(document), encoding="utf-8", newline="\n")


def _text(document: Mapping[str, object]) -> str:
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            lines = ",\n".join(f"  {_line(record)}" for record in value)
            parts.append(f' "{key}": [\n{lines}\n ]')
        else:
            parts.append(f' "{key}": {_line(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
