"""`python -m bench.cold_path`: what an operation never seen before costs, stage by stage, in processor milliseconds."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from services.chassis.process import calm_collector
from services.gateway.planner.graph import Graph
from services.gateway.stages.limits import Limits, check_limits
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.plan import prepare_plan, prepare_projection
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import load_supergraph

SHOP = Path("tests/gateway/plans/shop.graphql")
_PRODUCT = "upc name price weight reviews { id body author { id username name } }"
OPERATIONS = {
    "tiny": "{ me { id } }",
    "deep": """query Deep($first: Int) {
  users { id username name reviews { id body product { upc name price weight reviews { id body author {
    id username name reviews { id body product { upc name reviews { id author { id } } } } } } } } }
  topProducts(first: $first) { """
    + _PRODUCT
    + """ inStock shippingEstimate }
  me { id username reviews { id body product { """
    + _PRODUCT
    + """ } } }
}""",
}
T = TypeVar("T")


class _Stages:
    """The least time of each stage over the rounds."""

    def __init__(self) -> None:
        self.best: dict[str, float] = {}

    def run(self, name: str, stage: Callable[..., T], *values: Any, **options: Any) -> T:
        begun = time.perf_counter()
        result = stage(*values, **options)
        spent = (time.perf_counter() - begun) * 1000
        self.best[name] = min(spent, self.best.get(name, spent))
        return result


def measure(text: str, rounds: int) -> dict[str, float]:
    """Milliseconds of each stage; the graph's memory is warm, as it is after a few operations."""
    supergraph = load_supergraph(SHOP.read_text())
    graph = Graph(supergraph)
    limits = Limits()
    stages = _Stages()
    calm_collector()
    for _ in range(rounds):
        document = stages.run("parse", parse_document, text, max_tokens=limits.max_tokens)
        stages.run("limits", check_limits, document, limits)
        stages.run("validate", validate_document, supergraph.schema, document)
        selected = stages.run("select", select_operation, document, None)
        operation = stages.run("normalize", normalize, supergraph, selected, {}, max_selections=limits.max_selections)
        plan = stages.run("plan", prepare_plan, graph, operation, 5.0)
        stages.run("project", prepare_projection, supergraph, selected, {}, plan)
    return stages.best


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.cold_path", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="the least time of so many rounds counts")
    options = parser.parse_args()
    for number, (name, text) in enumerate(OPERATIONS.items()):
        spent = measure(text, options.rounds)
        if not number:
            print(f"{'':8}{'bytes':>10}" + "".join(f"{stage:>10}" for stage in (*spent, "all")))
        row = "".join(f"{value:10.3f}" for value in (*spent.values(), sum(spent.values())))
        print(f"{name:8}{len(text):10}{row}")


if __name__ == "__main__":
    main()
