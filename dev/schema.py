"""Writes `schema/` from the code: subgraph and supergraph SDL, event schemas with examples, AsyncAPI."""

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from inspect import getdoc, getmembers, isclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from dev.places import ROOT, Ports
from dev.platform import DOMAIN_SERVICES
from dev.processes import DevError
from services.chassis.bus import stream_name
from services.chassis.events import EventData
from services.gateway.compose import Subgraph, compose

SCHEMA = ROOT / "schema"
_PLAIN: dict[type[inspect.Type], object] = {
    inspect.BoolType: True,
    inspect.IntType: 1,
    inspect.FloatType: 1.5,
    inspect.DateTimeType: "2026-03-02T09:30:00+08:00",
    inspect.DateType: "2026-03-02",
    inspect.TimeType: "09:30:00+08:00",
    inspect.TimeDeltaType: "P1D",
}


def generate() -> dict[str, str]:
    """Path under `schema/` to text, of every service that has a schema or events. Raises DevError."""
    files: dict[str, str] = {}
    subgraphs = []
    messages = {}
    for service in DOMAIN_SERVICES:
        if module := _module(f"services.{service}.graphql.schema"):
            sdl = module.schema.as_str() + "\n"
            files[f"subgraphs/{service}.graphql"] = sdl
            subgraphs.append(Subgraph(service, Ports().url(service) + "/graphql", sdl))
        for event in _events(service):
            schema = _event_schema(event)
            files[f"events/{event.type}.json"] = _json(schema)
            messages[event.type] = schema
    if subgraphs:
        files["supergraph.graphql"] = _supergraph(subgraphs)
    if messages:
        files["asyncapi.json"] = _json(_asyncapi(messages))
    return files


def _module(name: str) -> Any:
    """A module, or None while its service does not have it."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found else None


def _events(service: str) -> Iterator[type[EventData]]:
    """The event types a service announces; the parts they are made of have no `type`."""
    module = _module(f"services.{service}.events")
    for _, member in getmembers(module, isclass):
        if issubclass(member, EventData) and "type" in vars(member):
            yield member


def _supergraph(subgraphs: list[Subgraph]) -> str:
    composition = compose(subgraphs)
    if composition.supergraph_sdl is None:
        raise DevError("The subgraphs do not compose:\n" + "\n".join(map(str, composition.errors)))
    return composition.supergraph_sdl.rstrip() + "\n"


def _event_schema(event: type[EventData]) -> dict[str, Any]:
    (reference,), parts = msgspec.json.schema_components([event], ref_template="#/$defs/{name}")
    root = parts.pop(reference["$ref"].rpartition("/")[2])
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.type,
        "description": getdoc(event) or "",
        **{key: value for key, value in root.items() if key != "description"},
    }
    if parts:
        schema["$defs"] = parts
    example = _example(inspect.type_info(event), event.type)
    # A schema and a decoder that disagree would be found by consumers otherwise.
    msgspec.convert(example, event)
    return schema | {"examples": [example]}


def _example(kind: inspect.Type, name: str) -> Any:
    """A value with every field set, made up from its type and the field's name."""
    match kind:
        case inspect.StructType(fields=fields):
            return {field.encode_name: _example(field.type, field.encode_name) for field in fields}
        case inspect.UnionType(types=types):
            return _example(next(each for each in types if not isinstance(each, inspect.NoneType)), name)
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType() | inspect.FrozenSetType():
            return [_example(kind.item_type, name)]
        case inspect.TupleType(item_types=types):
            return [_example(each, name) for each in types]
        case inspect.DictType(value_type=value):
            return {"key": _example(value, name)}
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.LiteralType(values=values):
            return values[0]
        case _ if type(kind) in _PLAIN:
            return _PLAIN[type(kind)]
        case _:
            return name


def _asyncapi(messages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    channels = {
        subject: {
            "address": subject,
            "messages": {"event": {"$ref": f"#/components/messages/{subject}"}},
            "x-jetstream": {"stream": stream_name(subject.split(".")[1])},
        }
        for subject in messages
    }
    operations = {
        subject: {
            "action": "send",
            "channel": {"$ref": f"#/channels/{subject}"},
            "summary": schema["description"].splitlines()[0] if schema["description"] else subject,
        }
        for subject, schema in messages.items()
    }
    payloads = {
        subject: {
            "contentType": "application/json",
            "payload": {
                "schemaFormat": "application/schema+json;version=draft-2020-12",
                "schema": {"$ref": f"events/{subject}.json"},
            },
        }
        for subject in messages
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huying events",
            "version": "1",
            "description": "CloudEvents 1.0 on NATS JetStream in binary mode: attributes are `ce-` headers.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": payloads},
    }


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _on_disk(folder: Path) -> dict[str, str]:
    """The files this module owns; others under `schema/` are written by hand."""
    patterns = ("subgraphs/*.graphql", "events/*.json", "supergraph.graphql", "asyncapi.json")
    found = (path for pattern in patterns for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Make the folder hold exactly these."""
    for stale in _on_disk(folder).keys() - files.keys():
        (folder / stale).unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def differences(folder: Path, files: Mapping[str, str]) -> list[str]:
    """What is not as the code says, one line each."""
    disk = _on_disk(folder)
    reasons = dict.fromkeys(files.keys() - disk.keys(), "is missing")
    reasons |= dict.fromkeys(disk.keys() - files.keys(), "has no source any more")
    reasons |= {name: "is out of date" for name in files.keys() & disk.keys() if files[name] != disk[name]}
    return [f"schema/{name} {reason}" for name, reason in sorted(reasons.items())]


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; 1 when something differs")
    options = parser.parse_args()
    try:
        files = generate()
    except DevError as error:
        print(error, file=sys.stderr)
        return 1
    if not options.check:
        write(SCHEMA, files)
        return 0
    found = differences(SCHEMA, files)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("Run `make schema` and commit what changed.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
