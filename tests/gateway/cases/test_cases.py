"""Every case of this folder: its answers, and its query plans as text."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from textwrap import dedent

import pytest

from tests.gateway.cases.harness import Case, Operation, error_paths

FOLDER = Path(__file__).parent
NOT_CASES = ("harness", "test_cases")


def _cases(module: str) -> dict[str, Case]:
    names = vars(importlib.import_module(f"tests.gateway.cases.{module}"))
    return {name: item for name, item in names.items() if isinstance(item, Case)}


MODULES = {path.stem: _cases(path.stem) for path in sorted(FOLDER.glob("*.py")) if path.stem not in NOT_CASES}


@pytest.mark.capability("G-02")
@pytest.mark.parametrize(
    ("case", "operation"),
    [
        pytest.param(case, operation, id=f"{module}-{name}-{title}")
        for module, cases in MODULES.items()
        for name, case in cases.items()
        for title, operation in case.operations.items()
    ],
)
async def test_answer_is_whole(case: Case, operation: Operation) -> None:
    outcome = await case.run(operation)

    about = f"{operation.text}\n{outcome.plan}\n{outcome.requests}\n{outcome.response.get('errors')}"
    assert outcome.response.get("data") == operation.data, about
    assert error_paths(outcome.response) == tuple(sorted(operation.errors)), about
    assert outcome.violations == [], about
    if operation.requests is not None:
        assert {name: len(texts) for name, texts in outcome.requests.items()} == dict(operation.requests), about


@pytest.mark.parametrize("module", MODULES)
async def test_plans_are_as_decided(module: str) -> None:
    text = ""
    for name, case in MODULES[module].items():
        for title, operation in case.operations.items():
            outcome = await case.run(operation)
            text += f"# {name}: {title}\n{dedent(operation.text).strip()}\n\n{outcome.plan}\n"
    file = FOLDER / "plans" / f"{module}.txt"

    if os.environ.get("PLANS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    assert text == file.read_text()
