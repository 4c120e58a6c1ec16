"""Whole answers over HTTP: our `serve` process must give the expected ones, and Hive Gateway the same as ours.

Both stand before subgraphs of their own, which refuse what they must not be asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

import aiohttp
import orjson

from bench.gateway import contestants as gateways
from bench.gateway.contestants import NODE
from dev.processes import HOST, Child, free_port
from tests.gateway.cases.harness import Case, Operation, error_paths
from tests.gateway.cases.test_cases import MODULES
from tests.gateway.differential.allowed import ANSWERS
from tests.gateway.random_federation import Draft, random_query
from tests.gateway.servers import running


class Subgraph(Protocol):
    """Answers the body of one request."""

    def answer(self, body: bytes) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Question:
    """Operations on one supergraph, whose subgraphs have URLs such as `local:name`."""

    name: str
    supergraph: str
    subgraphs: Callable[[], Mapping[str, Subgraph]]
    """Makes them anew."""
    operations: Mapping[str, Operation]


@dataclass(frozen=True)
class Answer:
    data: Any
    errors: frozenset[str]
    """Their paths."""
    messages: tuple[str, ...]
    refused: tuple[str, ...]
    """What subgraphs were asked that they must not be asked."""

    def __str__(self) -> str:
        errors = f"errors at {sorted(self.errors)}: {' '.join(self.messages)}" if self.errors else "no errors"
        return "\n".join([json.dumps(self.data), errors, *(f"refused: {text}" for text in self.refused)])


def from_cases() -> Iterator[Question]:
    for module, cases in MODULES.items():
        for name, case in cases.items():

            def subgraphs(case: Case = case) -> Mapping[str, Subgraph]:
                return {each.name: each for each in case.services()}

            yield Question(f"{module}.{name}", case.supergraph.sdl, subgraphs, case.operations)


def from_random(federations: int, seed: int) -> Iterator[Question]:
    for number in range(federations):
        random = Random(seed * 1_000_000 + number)
        federation = Draft(random).federation()
        found: dict[str, Subgraph] = {each.name: each for each in federation.transport.subgraphs.values()}

        def subgraphs(found: Mapping[str, Subgraph] = found) -> Mapping[str, Subgraph]:
            return found

        operations: dict[str, Operation] = {}
        for _ in range(4):
            text = random_query(random, federation)
            expected = federation.monolith(text)
            operations[text] = Operation(text, expected["data"], error_paths(expected))
        yield Question(f"random.{number}", federation.supergraph.sdl, subgraphs, operations)


NOTHING = Answer(None, frozenset({""}), ("NO ANSWER",), ())

WRONG = "not the expected answer"
UNEXPLAINED = "different without a reason"


class Subgraphs:
    """The subgraphs of one question at a time, each at `/name`."""

    def __init__(self) -> None:
        self.all: Mapping[str, Subgraph] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = orjson.dumps(self.all[scope["path"].strip("/")].answer(body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})


class Asked:
    """A gateway before subgraphs of its own."""

    def __init__(self, name: str, folder: Path, session: aiohttp.ClientSession) -> None:
        self._gateway = next(each for each in gateways.CONTESTANTS if each.name == name)
        self._folder = folder
        self._session = session
        self._subgraphs = Subgraphs()

    async def answers(self, question: Question) -> list[Answer]:
        """One for each operation. A process that does not answer is replaced."""
        found: list[Answer] = []
        operations = list(question.operations.values())
        async with running(self._subgraphs) as host:
            supergraph = question.supergraph.replace('"local:', f'"http://{host}/')
            while len(found) < len(operations):
                async with serving(self._gateway, self._folder, supergraph) as url:
                    for operation in operations[len(found) :]:
                        found.append(await self._ask(url, question, operation))
                        if found[-1] is NOTHING:
                            break
        return found

    async def _ask(self, url: str, question: Question, operation: Operation) -> Answer:
        self._subgraphs.all = question.subgraphs()
        body = {"query": operation.text, "variables": dict(operation.variables)}
        try:
            async with self._session.post(url, json=body) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError):
            return NOTHING
        asked = self._subgraphs.all.values()
        return Answer(
            answer.get("data"),
            frozenset(error_paths(answer)),
            tuple(error["message"] for error in answer.get("errors", ())),
            tuple(text for each in asked for text in getattr(each, "violations", ())),
        )


@contextlib.asynccontextmanager
async def serving(contestant: gateways.Contestant, folder: Path, supergraph: str) -> AsyncIterator[str]:
    """A process of the gateway that serves the supergraph, on a port of its own; yields its address."""
    file = folder / f"{contestant.name}.graphql"
    file.write_text(supergraph)
    start = gateways.Start(
        port=free_port(), supergraph=file, accounts_url="", shared=False, answer=Path(os.devnull), node=NODE
    )
    log = folder / f"{contestant.name}.log"
    child = Child(contestant.name, contestant.command(start), log, environ=contestant.environ(start), directory=NODE)
    try:
        async with asyncio.timeout(60):
            while not await _listens(start.port):
                child.require_running()
                await asyncio.sleep(0.02)
        yield f"http://{HOST}:{start.port}/graphql"
    finally:
        child.kill()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


def main(federations: int, seed: int, only: str) -> bool:
    """Print every answer of ours that is not the expected one, and where theirs is another; True when all is explained."""
    gateways.install(NODE)
    questions = [each for each in (*from_cases(), *from_random(federations, seed)) if only in each.name]
    count = asyncio.run(_compare(questions))
    print("\nanswers over HTTP:")
    for what, number in count.most_common():
        print(f"  {number:5} {what}")
    return not count[WRONG] and not count[UNEXPLAINED]


async def _compare(questions: list[Question]) -> Counter[str]:
    count: Counter[str] = Counter()
    timeout = aiohttp.ClientTimeout(total=20)
    with tempfile.TemporaryDirectory() as folder:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            both = [Asked(name, Path(folder), session) for name in ("ours", "hive-rust")]
            for question in questions:
                mine, theirs = await asyncio.gather(*(each.answers(question) for each in both))
                for title, operation, ours, other in zip(
                    question.operations, question.operations.values(), mine, theirs, strict=True
                ):
                    count[_verdict(f"{question.name}, {title}", operation, ours, other)] += 1
    return count


def _verdict(name: str, operation: Operation, ours: Answer, theirs: Answer) -> str:
    """What a pair of answers amounts to; printed when somebody has to look at it."""
    expected = operation.data, frozenset(operation.errors)
    if (ours.data, ours.errors) != expected or ours.refused:
        print(f"\n== {name}: not the expected answer\n{operation.text}\n-- expected\n{expected}\n-- ours\n{ours}")
        return WRONG
    if ours.data == theirs.data and bool(ours.errors) == bool(theirs.errors):
        return "the same from both"
    for each in ANSWERS:
        if each.covers(f"{name}\n{ours}", str(theirs)):
            return each.reason
    print(f"\n== {name}\n{operation.text}\n-- ours\n{ours}\n-- theirs\n{theirs}")
    return UNEXPLAINED
