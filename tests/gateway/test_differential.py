"""Whatever way a schema is split, the federated answer is the answer of one server that holds everything."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.gateway.cases.harness import error_paths
from tests.gateway.random_federation import Draft, random_query


def assert_alike(answer: dict[str, Any], expected: dict[str, Any], query: str) -> None:
    """The same data, and errors at the same places."""
    assert answer["data"] == expected["data"], query
    assert set(error_paths(answer)) == set(error_paths(expected)), query


@pytest.mark.parametrize("seed", range(25))
async def test_federated_answer_equals_monolith_answer(seed: int) -> None:
    random = Random(seed)
    federation = Draft(random).federation()
    for _ in range(4):
        query = random_query(random, federation)

        answer = await federation.ask(query)

        assert_alike(answer, federation.monolith(query), query)


@pytest.mark.parametrize("seed", range(10))
async def test_what_the_gateway_s_node_finds_is_what_is_there(seed: int) -> None:
    random = Random(seed)
    federation, arguments = Draft(random).federation_with_nodes()
    for _ in range(4):
        query = random_query(random, federation, arguments)

        answer = await federation.ask(query)

        assert_alike(answer, federation.monolith(query), query)
