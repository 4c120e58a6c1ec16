"""Writes `schema/` from the code: SDL of subgraphs, supergraph and API, event schemas with examples, AsyncAPI."""

import argparse
import importlib
import importlib.util
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from inspect import getdoc, getmembers, isclass
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import yaml
from graphql import lexicographic_sort_schema, print_schema

from dev import asyncapi
from dev.event_compatibility import breaks
from dev.event_examples import EXAMPLES
from dev.places import ROOT, Ports
from dev.platform import DOMAIN_SERVICES
from dev.processes import DevError
from services.chassis.app import Service
from services.chassis.events import EventData
from services.chassis.settings import Secret, ServiceSettings
from services.gateway.compose import Subgraph, compose
from services.gateway.supergraph import load_supergraph

SCHEMA = ROOT / "schema"
_OURS = ("subgraphs/*.graphql", "events/*.json", "supergraph.graphql", "api.graphql", "asyncapi.*")


def generate() -> dict[str, str]:
    """Path under `schema/` to text, of every service that has a schema or events. Raises DevError."""
    files: dict[str, str] = {}
    subgraphs = []
    events = {}
    for service in DOMAIN_SERVICES:
        if module := _module(f"services.{service}.graphql.schema"):
            sdl = module.schema.as_str().rstrip() + "\n"
            files[f"subgraphs/{service}.graphql"] = sdl
            subgraphs.append(Subgraph(service, Ports().url(service) + "/graphql", sdl))
        for event in _events(service):
            events[event.type] = _event_schema(event, EXAMPLES)
            files[f"events/{event.type}.json"] = _json(events[event.type])
    if subgraphs:
        files["supergraph.graphql"] = _supergraph(subgraphs)
        api = load_supergraph(files["supergraph.graphql"], node_fields=True).schema
        files["api.graphql"] = print_schema(lexicographic_sort_schema(api)) + "\n"
    if events:
        files["asyncapi.yaml"] = _yaml(asyncapi.document(events, composition_roots()))
    return files


def composition_roots() -> list[Service]:
    """Every service as its `app.py` puts it together, connected to nothing."""
    nowhere = ServiceSettings(
        listen="127.0.0.1:0",
        mongo_url=Secret("mongodb://127.0.0.1:1"),
        nats_url="nats://127.0.0.1:1",
        mongo_driver="pymongo",
    )
    modules = [_module(f"services.{service}.app") for service in DOMAIN_SERVICES]
    return [module.create_app(nowhere)[0] for module in modules if module]


def _module(name: str) -> Any:
    """A module, or None while its service does not have it."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found else None


def _events(service: str) -> Iterator[type[EventData]]:
    """The event types a service announces; the parts they are made of have no `type`."""
    for module in modules_of(f"services.{service}.events"):
        for _, member in getmembers(module, isclass):
            if issubclass(member, EventData) and "type" in vars(member) and member.__module__ == module.__name__:
                yield member


def modules_of(name: str) -> list[Any]:
    """A module, and those in it when it is a folder; nothing while its service does not have it."""
    module = _module(name)
    if module is None:
        return []
    below = pkgutil.iter_modules(getattr(module, "__path__", ()))
    return [module, *(importlib.import_module(f"{name}.{found.name}") for found in below)]


def _supergraph(subgraphs: list[Subgraph]) -> str:
    composition = compose(subgraphs)
    if composition.supergraph_sdl is None:
        raise DevError("The subgraphs do not compose:\n" + "\n".join(map(str, composition.errors)))
    return composition.supergraph_sdl.rstrip() + "\n"


def _event_schema(event: type[EventData], examples: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
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
    return schema | {"examples": [_example(event, schema, examples)]}


def _example(event: type[EventData], schema: Mapping[str, Any], examples: Mapping[str, Mapping[str, Any]]) -> Any:
    """The event's example, complete and valid. Raises DevError."""
    example = examples.get(event.type)
    if example is None:
        raise DevError(f"{event.type} has no example; give it one in dev/event_examples")
    try:
        jsonschema.Draft202012Validator(schema).validate(example)
        msgspec.convert(example, event)
    except (jsonschema.ValidationError, msgspec.ValidationError) as error:
        raise DevError(f"The example of {event.type} is not one: {error}") from error
    if differing := example.keys() ^ schema["properties"].keys():
        raise DevError(f"The example of {event.type} and its fields differ in {', '.join(sorted(differing))}")
    return example


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes what occurs twice twice, instead of an anchor and an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _on_disk(folder: Path) -> dict[str, str]:
    """The files this module owns; others under `schema/` are written by hand."""
    found = (path for pattern in _OURS for path in folder.glob(pattern))
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
    reasons |= {
        name: _change(name, disk[name], files[name]) for name in files.keys() & disk.keys() if files[name] != disk[name]
    }
    return [f"schema/{name} {reason}" for name, reason in sorted(reasons.items())]


def _change(name: str, old: str, new: str) -> str:
    """How a file differs; for an event, whether those who read it can live with that."""
    broken = breaks(json.loads(old), json.loads(new)) if name.startswith("events/") else []
    return f"breaks its readers, publish a new version: {'; '.join(broken)}" if broken else "is out of date"


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
