"""`make bench-growth`: how composing, loading and planning grow with the size of the federation.

Processor time of one process, best of several runs where a run is short. Small and deep operations are the same in each size but for
the subgraphs they do not touch, so their planning must not grow.
"""

import argparse
import json
import platform
import resource
import time
from collections.abc import Callable
from typing import Any, TypeVar

from bench.federations import Shape, federation
from dev.places import DATA
from services.chassis.process import calm_collector
from services.gateway.compose import compose
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import Supergraph, load_supergraph

SIZES = (10, 50, 200)
T = TypeVar("T")


def _deep(depth: int) -> str:
    inner = "id name"
    for _ in range(depth):
        inner = f"id name author {{ username }} next {{ {inner} }}"
    return f"{{ s0 {{ {inner} }} }}"


_WIDE = " ".join(
    f"s{number}Page0 {{ total items {{ id name state details {{ summary price {{ amount }} owner {{ name }} }} }} }} "
    f"s{number}Search(text: $text) {{ id name ... on S{number}E1 {{ code next {{ name }} }} }}"
    for number in range(10)
)
OPERATIONS = {
    "small": "{ s0 { id name price { amount currency } } }",
    "wide": f"query ($text: String!) {{ {_WIDE} }}",
    "deep": _deep(6),
    "user": "{ s0Me { username items1 { name related(first: 3) { name } } items5 { name } items9 { name } } }",
}


def measure(subgraphs: int) -> dict[str, Any]:
    """One row of the curve."""
    shape = Shape(subgraphs)
    published = federation(shape)
    composing, composition = _spent(lambda: compose(published))
    if composition.supergraph_sdl is None:
        raise SystemExit("\n".join(map(str, composition.errors[:5])))
    text = composition.supergraph_sdl
    loading, supergraph = _spent(lambda: load_supergraph(text))
    calm_collector()
    building, graph = _spent(lambda: Graph(supergraph))
    row: dict[str, Any] = {
        "subgraphs": subgraphs,
        "types": len(supergraph.types),
        "sdl_kb": len(text) // 1000,
        "compose_s": round(composing, 2),
        "load_s": round(loading, 2),
        "graph_s": round(building, 4),
    }
    for name, operation in OPERATIONS.items():
        row[f"{name}_first"], row[name] = _planning(supergraph, graph, operation)
    row["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


def _spent(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _planning(supergraph: Supergraph, graph: Graph, text: str) -> tuple[float, float]:
    """Milliseconds to normalise and plan an operation: the first time, with the graph's memory still empty, and later."""
    document = parse_document(text, max_tokens=10_000)
    validate_document(supergraph.schema, document)
    selected = select_operation(document, None)

    def work() -> None:
        operation = normalize(supergraph, selected, {}, max_selections=20_000)
        plan_operation(graph, operation)

    first, _ = _spent(work)
    later = min(_spent(work)[0] for _ in range(10))
    return round(first * 1000, 2), round(later * 1000, 2)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--subgraphs", type=int, nargs="+", default=SIZES, help="sizes of the federations, ascending")
    options = parser.parse_args()
    rows = []
    for size in options.subgraphs:
        rows.append(measure(size))
        if size == options.subgraphs[0]:
            print("".join(f"{name:>12}" for name in rows[0]), "  (operations in ms)")
        print("".join(f"{value:>12}" for value in rows[-1].values()), flush=True)
    file = DATA / "bench" / f"growth-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"python": platform.python_version(), "rows": rows}, indent=2))
    print(f"saved: {file.relative_to(DATA.parent)}")


if __name__ == "__main__":
    main()
