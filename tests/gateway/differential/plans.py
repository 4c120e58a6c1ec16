"""Our plans against those of @graphql-hive/router-query-planner: they must not take more requests altogether."""

from __future__ import annotations

from collections import Counter
from random import Random

from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import QueryPlan
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.supergraph import Supergraph
from tests.gateway.cases.test_cases import MODULES
from tests.gateway.differential.oracle import ask
from tests.gateway.random_federation import Draft, random_query

Questions = list[tuple[str, Supergraph, list[str]]]


def from_cases() -> Questions:
    return [
        (f"{module}.{name}", case.supergraph, [operation.text for operation in case.operations.values()])
        for module, cases in MODULES.items()
        for name, case in cases.items()
    ]


def from_random(federations: int, seed: int) -> Questions:
    found: Questions = []
    for number in range(federations):
        random = Random(seed * 1_000_000 + number)
        federation = Draft(random).federation()
        found.append((f"random {number}", federation.supergraph, [random_query(random, federation) for _ in range(4)]))
    return found


def our_plan(supergraph: Supergraph, text: str) -> QueryPlan:
    """The plan with every condition at its default."""
    selected = select_operation(parse_document(text, max_tokens=100_000), None)
    operation = normalize(supergraph, selected, selected.default_conditions(), max_selections=100_000)
    return plan_operation(Graph(supergraph), operation)


def main(federations: int, seed: int) -> bool:
    """Print every operation for which our plan is longer; the answer is whether all of ours together are not."""
    questions = [*from_cases(), *from_random(federations, seed)]
    answers = ask("plans.mjs", [{"supergraph": item.sdl, "queries": texts} for _, item, texts in questions])
    count: Counter[str] = Counter()
    for (name, supergraph, texts), theirs in zip(questions, answers, strict=True):
        for text, their in zip(texts, theirs, strict=False):
            count["operations"] += 1
            if "error" in their:
                count["they fail"] += 1
                continue
            plan = our_plan(supergraph, text)
            fetches, waves = len(list(plan.fetches)), len(plan.waves)
            count["our requests"] += fetches
            count["their requests"] += their["fetches"]
            count["our waves"] += waves
            count["their waves"] += their["waves"]
            if fetches < their["fetches"] or (fetches == their["fetches"] and waves < their["waves"]):
                count["shorter"] += 1
            if fetches > their["fetches"] or (fetches == their["fetches"] and waves > their["waves"]):
                count["longer"] += 1
                print(
                    f"\n== {name}: {fetches} requests in {waves} waves, they {their['fetches']} in {their['waves']}\n{text}"
                )
    print("\nplans: " + ", ".join(f"{number} {what}" for what, number in count.items()))
    return count["our requests"] <= count["their requests"]
