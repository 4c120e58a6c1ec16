"""The committed files under `schema/` are what the code says, and a subgraph nobody can compose does not get that far."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from graphql import ObjectTypeDefinitionNode, build_schema, parse, print_ast, validate
from jsonschema import Draft202012Validator

from dev.schema import SCHEMA, differences, generate
from services.chassis.events import SYSTEM, Envelope

_NUMBERS_AND_TEXTS = {"String!", "Int!", "Float!", "Boolean!", "DateTime!"}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generate()


def test_committed_files_are_what_the_code_says(files: dict[str, str]) -> None:
    assert differences(SCHEMA, files) == []


def test_what_another_service_may_not_know_or_show_may_be_null(files: dict[str, str]) -> None:
    """A service refers to another's object by its id: when that has none, or none for this viewer, only the field is null."""
    subgraphs = [
        {node.name.value: node for node in parse(text).definitions if isinstance(node, ObjectTypeDefinitionNode)}
        for name, text in files.items()
        if name.startswith("subgraphs/")
    ]
    assert len(subgraphs) == 3
    wrong = []
    for subgraph in subgraphs:
        for kind in subgraph.values():
            for field in kind.fields or ():
                shown = print_ast(field.type)
                refers = shown.strip("[]!")
                if refers in subgraph and _is_of_another(subgraph[refers], subgraphs) and f"{refers}!" in shown:
                    wrong.append(f"{kind.name.value}.{field.name.value}: {shown}")
    # Areas come from routing by event before anything lies in them, never go, and everybody sees them.
    assert sorted(wrong) == ["MediationCase.area: Area!", "Report.areaPath: [Area!]!"]


def _is_of_another(kind: ObjectTypeDefinitionNode, subgraphs: Sequence[Mapping[str, ObjectTypeDefinitionNode]]) -> bool:
    """Whether another subgraph has plain fields of this entity, and this one none but the key."""

    def plain(node: ObjectTypeDefinitionNode) -> set[str]:
        return {field.name.value for field in node.fields or () if print_ast(field.type) in _NUMBERS_AND_TEXTS} - {
            "id",
            "code",
        }

    others = [subgraph[kind.name.value] for subgraph in subgraphs if kind.name.value in subgraph]
    return not plain(kind) and any(plain(other) for other in others)


def test_generating_twice_gives_the_same(files: dict[str, str]) -> None:
    assert generate() == files


def test_breaking_change_of_an_event_is_told_apart(files: dict[str, str], tmp_path: Path) -> None:
    name = "events/huying.intake.report.confirmed.v1.json"
    published = json.loads(files[name])
    published["properties"]["bySilence"] = {"type": "integer"}
    (tmp_path / "events").mkdir()
    (tmp_path / name).write_text(json.dumps(published))

    (line,) = differences(tmp_path, {name: files[name]})

    assert line == f"schema/{name} breaks its readers, publish a new version: bySilence may hold what it did not before"


def test_event_schemas_are_valid_and_their_examples_too(files: dict[str, str]) -> None:
    events = [json.loads(text) for name, text in files.items() if name.startswith("events/")]

    assert events
    for schema in events:
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(schema["examples"][0])


def test_asyncapi_names_the_headers_an_event_travels_with(files: dict[str, str]) -> None:
    document = yaml.safe_load(files["asyncapi.yaml"])
    headers = document["components"]["schemas"]["CloudEventHeaders"]
    event = Envelope.from_message(
        {"ce-id": "1", "ce-type": "huying.a.b.c.v1", "ce-source": "s", "ce-subject": "b_1", "ce-sequence": "1"}
        | {"ce-time": "2026-11-22T08:00:00+00:00"},
        b"{}",
    )

    assert event.actor == SYSTEM
    assert set(event.headers()) == set(headers["required"])
    for operation in document["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in document["channels"]


def test_example_operations_are_valid_on_the_api(files: dict[str, str]) -> None:
    api = build_schema(files["api.graphql"])
    operations = sorted((SCHEMA / "operations").glob("*.graphql"))

    assert operations
    for file in operations:
        assert validate(api, parse(file.read_text("utf-8"))) == [], file.name
        variables = json.loads(file.with_suffix(".json").read_text("utf-8"))
        assert isinstance(variables, dict)
