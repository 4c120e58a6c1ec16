"""How tests read a refusal."""

from collections.abc import Mapping
from typing import Any


def said(error: Mapping[str, Any]) -> str:
    """The code of an error, of a payload or of `extensions`; with what the caller lacks where it says so: "NOT_ALLOWED ROLE"."""
    return " ".join(part for part in (error["code"], error.get("reason")) if part)
