"""Sends the sample reports of the demonstration through the gateway, as the people of the district would."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from dev.places import ROOT
from dev.processes import DevError

_FILE = ROOT / "dev" / "samples.json"


def read(file: Path = _FILE) -> list[dict[str, Any]]:
    """The sample operations: a list of `{"role", "query", "variables"}`; empty without a file."""
    if not file.exists():
        return []
    operations: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return operations


async def send(operations: Sequence[Mapping[str, Any]], graphql_url: str, token: Callable[[str], str]) -> None:
    """Run each operation in turn with the token of its role.

    Every command carries an idempotency key, so that a second try after a failure repeats nothing.
    Raises DevError with the first refusal.
    """
    async with aiohttp.ClientSession() as http:
        for number, operation in enumerate(operations, 1):
            body = {"query": operation["query"], "variables": operation.get("variables", {})}
            headers = {"Authorization": f"Bearer {token(operation['role'])}"}
            async with http.post(graphql_url, json=body, headers=headers) as answer:
                _require_success(number, await answer.json(content_type=None))


def _require_success(number: int, answer: Mapping[str, Any]) -> None:
    refusals = list(answer.get("errors") or ())
    for payload in (answer.get("data") or {}).values():
        if isinstance(payload, dict):
            refusals += payload.get("errors") or ()
    if refusals:
        raise DevError(f"Sample {number} was refused: {json.dumps(refusals[0], ensure_ascii=False)}")
