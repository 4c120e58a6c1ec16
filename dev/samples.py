"""Sends the sample reports of the demonstration through the gateway, as the people of the district would."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from dev.places import ROOT
from dev.processes import DevError

_FILE = ROOT / "dev" / "samples.json"
_PATIENCE_SECONDS = 20.0
_ORDER = "query($id: ID!) { report(id: $id) { workOrders { id } } }"

Sample = Mapping[str, Any]


def read(file: Path = _FILE) -> list[Sample]:
    """The samples: a list of `{"role", "input", "then"}`.

    `input` is a `SubmitReportInput`, sent with the token of `role`; each step of `then` is `{"role", "mutation", "input"}`
    about the same report or its work order. Keys and ids are filled in here.
    """
    samples: list[Sample] = json.loads(file.read_text(encoding="utf-8"))
    return samples


async def send(samples: Sequence[Sample], graphql_url: str, token: Callable[[str], str]) -> None:
    """Submit the reports one after the other, then take them further side by side.

    Every command has an idempotency key of its own, so that a second try after a failure repeats nothing. Raises DevError with
    the first refusal that does not pass: what one service did takes a moment to reach the next.
    """
    async with aiohttp.ClientSession() as http:
        desk = Desk(http, graphql_url, token)
        reports = [await desk.submit(number, sample) for number, sample in enumerate(samples, 1)]
        numbered = zip(samples, reports, strict=True)
        await asyncio.gather(*(desk.take_further(n, sample, report) for n, (sample, report) in enumerate(numbered, 1)))


class Desk:
    """Sends commands with the tokens of the roles, again until they are carried out."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: Callable[[str], str]) -> None:
        self._http = http
        self._url = url
        self._token = token

    async def submit(self, number: int, sample: Sample) -> str:
        """Returns the id of the report."""
        given = {**sample["input"], "idempotencyKey": f"sample-{number}"}
        payload = await self.carry_out(f"Sample {number}", sample["role"], "submitReport", given, "report { id }")
        report: str = payload["report"]["id"]
        return report

    async def take_further(self, number: int, sample: Sample, report: str) -> None:
        order = ""
        for step in sample.get("then", ()):
            mutation = step["mutation"]
            given = {**step.get("input", {}), "idempotencyKey": f"sample-{number}-{mutation}"}
            if mutation.endswith("Order"):
                order = order or await self._order(number, sample["role"], report)
                given["workOrderId"] = order
            else:
                given["reportId"] = report
            await self.carry_out(f"Sample {number}, {mutation},", step["role"], mutation, given)

    async def _order(self, number: int, role: str, report: str) -> str:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            answer = await self.ask(role, _ORDER, {"id": report})
            orders = ((answer.get("data") or {}).get("report") or {}).get("workOrders")
            if orders:
                found: str = orders[0]["id"]
                return found
            if time.monotonic() > deadline:
                raise DevError(f"Sample {number} has no work order after {_PATIENCE_SECONDS:.0f} s.")
            await asyncio.sleep(0.1)

    async def carry_out(
        self, what: str, role: str, mutation: str, given: Mapping[str, Any], selection: str = ""
    ) -> dict[str, Any]:
        """The payload of a command. Raises DevError with a refusal that does not pass."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            answer = await self.ask(role, query, {"input": given})
            payload: dict[str, Any] = (answer.get("data") or {}).get(mutation) or {}
            refusals = [*(answer.get("errors") or ()), *(payload.get("errors") or ())]
            if not refusals:
                return payload
            if time.monotonic() > deadline:
                raise DevError(f"{what} was refused: {json.dumps(refusals[0], ensure_ascii=False)}")
            await asyncio.sleep(0.1)

    async def ask(self, role: str, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer to an operation."""
        headers = {"Authorization": f"Bearer {self._token(role)}"}
        body = {"query": query, "variables": variables}
        async with self._http.post(self._url, json=body, headers=headers) as answer:
            result: dict[str, Any] = await answer.json(content_type=None)
            return result
