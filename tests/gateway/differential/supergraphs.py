"""Our cases on supergraphs that another composer made: the whole answers must stay the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from services.gateway.errors import GatewayError
from tests.gateway.cases.harness import Case, error_paths
from tests.gateway.cases.test_cases import MODULES
from tests.gateway.differential.oracle import ask

OTHERWISE = {
    "type_mismatches.NARROWING": "their supergraph takes the narrower of two output types, where Federation takes the wider",
}
"""Cases whose supergraph means something else there, and why."""


def main() -> bool:
    """Run every case that we compose ourselves; True when all answers are the expected ones."""
    cases = {
        f"{module}.{name}": case
        for module, found in MODULES.items()
        for name, case in found.items()
        if case.supergraph_sdl is None and f"{module}.{name}" not in OTHERWISE
    }
    questions = [
        {"subgraphs": [{"name": s.name, "url": f"local:{s.name}", "sdl": s.full_sdl} for s in case.services()]}
        for case in cases.values()
    ]
    failures: list[str] = []
    refused = 0
    for (name, case), answer in zip(cases.items(), ask("composition.mjs", questions), strict=True):
        if answer["supergraph"] is None:
            refused += 1
            codes = sorted({error["code"] for error in answer["errors"]})
            print(f"{name}: their composer refuses it: {', '.join(codes)}")
            continue
        failures += asyncio.run(_answers(name, replace(case, supergraph_sdl=answer["supergraph"])))
    for failure in failures:
        print(failure)
    print(f"{len(cases)} cases on foreign supergraphs, {refused} not composed there, {len(failures)} answers differ")
    return not failures


async def _answers(name: str, case: Case) -> list[str]:
    failures: list[str] = []
    for title, operation in case.operations.items():
        expected: tuple[Any, ...] = (operation.data, tuple(sorted(operation.errors)), [])
        try:
            outcome = await case.run(operation)
            found: tuple[Any, ...] = (outcome.response.get("data"), error_paths(outcome.response), outcome.violations)
            plan = outcome.plan
        except GatewayError as err:
            found, plan = (type(err).__name__, str(err), []), ""
        if found != expected:
            failures.append(f"{name}, {title}:\n  expected {expected}\n  found    {found}\n{plan}")
    return failures
