"""The command `compose`: what it writes, what it says, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.gateway.__main__ import main
from tests.gateway.compose.harness import FED_2

Run = Callable[..., tuple[int, str, str]]

CASES = 'type Query { case: Case } type Case @key(fields: "id") {\n  id: ID!\n  title: String %s\n}'
NOTES = 'type Case @key(fields: "id") {\n  id: ID!\n  title: String @shareable\n  notes: String @inaccessible\n}'


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Writes SDL files and composes them: exit code, standard output, standard error."""

    def compose(*options: str, **sdls: str) -> tuple[int, str, str]:
        arguments: list[str] = []
        for name, sdl in sdls.items():
            (tmp_path / f"{name}.graphql").write_text(FED_2.strip() + "\n" + sdl)
            arguments += ["--subgraph", f"{name}=http://{name}={tmp_path}/{name}.graphql"]
        code = main(["compose", *arguments, *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return compose


def test_an_error_shows_every_place_and_the_mend(run: Run, tmp_path: Path) -> None:
    code, _, said = run("--output", str(tmp_path / "out.graphql"), intake=CASES % "", mediation=NOTES)

    assert code == 1
    assert not (tmp_path / "out.graphql").exists()
    assert said == (
        'error: INVALID_FIELD_SHARING: [intake:7] "Case.title" is answered by subgraphs "intake" and "mediation", '
        'but is not @shareable in subgraph "intake"\n'
        f"  at {tmp_path}/intake.graphql:7 (intake): title: String\n"
        f"  at {tmp_path}/mediation.graphql:7 (mediation): title: String @shareable\n"
        '  mend: add @shareable to Case.title in subgraph "intake", or @override it, or mark it @external\n'
    )


def test_machines_read_json(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("--format", "json", intake=CASES % "", mediation=NOTES)

    assert code == 1
    [error] = json.loads(said)["errors"]
    assert (error["code"], error["coordinate"]) == ("INVALID_FIELD_SHARING", "Case.title")
    assert error["locations"][1] == {
        "subgraph": "mediation",
        "line": 7,
        "text": "title: String @shareable",
        "file": f"{tmp_path}/mediation.graphql",
    }


def test_the_consumer_schema_has_nothing_hidden_and_nothing_of_the_join(run: Run, tmp_path: Path) -> None:
    public = tmp_path / "public.graphql"

    assert run("--public-schema", str(public), intake=CASES % "@shareable", mediation=NOTES)[0] == 0

    assert public.read_text() == "type Case {\n  id: ID!\n  title: String\n}\n\ntype Query {\n  case: Case\n}\n"


def test_a_gate_fails_on_what_breaks_consumers_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    earlier, later = str(tmp_path / "earlier.graphql"), tmp_path / "later.graphql"
    assert run("--output", earlier, intake="type Query { a: Int b: Int }")[0] == 0

    changed = "type Query { b: Int c: Int }"
    code, said, _ = run("--diff", earlier, "--output", str(later), intake=changed)
    assert code == 0
    assert said == (
        "breaking (1)\n  FIELD_REMOVED: Field Query.a was removed.\nsafe (1)\n  FIELD_ADDED: Field Query.c was added.\n"
    )

    later.unlink()
    assert run("--diff", earlier, "--fail-on", "breaking", "--output", str(later), intake=changed)[0] == 1
    assert not later.exists()
    assert run("--diff", earlier, "--fail-on", "breaking", intake="type Query { a: Int b: Int c: Int }")[0] == 0
    added = "type Query { a(x: Int): Int b: Int }"
    assert run("--diff", earlier, "--fail-on", "breaking", intake=added)[0] == 0
    assert run("--diff", earlier, "--fail-on", "dangerous", intake=added)[0] == 1
    _, said, _ = run("--diff", earlier, "--format", "json", intake="type Query { a: Int b: Int }")
    assert json.loads(said)["changes"] == []


def test_a_gate_needs_something_to_compare_with(run: Run) -> None:
    assert run("--fail-on", "breaking", intake="type Query { a: Int }") == (1, "", "--fail-on needs --diff\n")
