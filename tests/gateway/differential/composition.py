"""Our composition against @theguild/federation-composition: the same error codes, or the same supergraph."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from graphql import DirectiveDefinitionNode, Node, SchemaDefinitionNode, Visitor, parse, print_ast, visit

from services.gateway.compose import compose
from services.gateway.errors import SupergraphInvalid
from services.gateway.supergraph import load_supergraph
from tests.gateway.differential.allowed import COMPOSITION
from tests.gateway.differential.corpus import Federation, corpus, mutated
from tests.gateway.differential.oracle import ask


@dataclass(frozen=True, slots=True)
class Difference:
    """One set of subgraphs on which both disagree: the kind of disagreement, and what each says of it."""

    federation: Federation
    kind: str
    ours: str
    theirs: str

    @property
    def size(self) -> int:
        return sum(len(subgraph.sdl) for subgraph in self.federation)


def differences(mutations: int, seed: int) -> tuple[int, list[Difference]]:
    """How many federations were compared, and what differed: the corpus and this many mutations of it."""
    random = Random(seed)
    originals = corpus()
    federations = [*originals, *(mutated(random, random.choice(originals)) for _ in range(mutations))]
    questions = [
        {"subgraphs": [{"name": each.name, "url": each.url, "sdl": each.sdl} for each in federation]}
        for federation in federations
    ]
    answers = ask("composition.mjs", questions)
    pairs = zip(federations, answers, strict=True)
    return len(federations), [found for federation, answer in pairs for found in compare(federation, answer)]


def compare(federation: Federation, answer: dict[str, Any]) -> Iterator[Difference]:
    """At most one difference in error codes, or one for each type the supergraphs describe differently."""
    ours = compose(federation)
    our_codes = {error.code for error in ours.errors}
    their_codes = {error["code"] for error in answer["errors"]}
    if our_codes & their_codes:
        # Both refuse for a common reason; what else each goes on to say depends on how far it looks after the first.
        return
    if our_codes or their_codes:
        yield Difference(
            federation,
            f"we say {sorted(our_codes)}, they say {sorted(their_codes)}",
            "\n".join(map(str, ours.errors)),
            "\n".join(f"{error['code']}: {error['message']}" for error in answer["errors"]),
        )
    elif ours.supergraph_sdl is not None:
        try:
            load_supergraph(ours.supergraph_sdl)
        except SupergraphInvalid as error:
            yield Difference(federation, "our supergraph cannot be served", str(error), "")
        mine, theirs = normal_form(ours.supergraph_sdl), normal_form(answer["supergraph"])
        for name in sorted({*mine, *theirs}):
            if mine.get(name) != theirs.get(name):
                yield Difference(federation, "supergraphs", mine.get(name, ""), theirs.get(name, ""))


def normal_form(supergraph: str) -> dict[str, str]:
    """What each type of a supergraph says, whatever the order of its parts; descriptions and directive definitions left out."""
    document = parse(supergraph, no_location=True)
    result: dict[str, str] = {}
    for node in document.definitions:
        if isinstance(node, DirectiveDefinitionNode):
            continue
        name = "schema" if isinstance(node, SchemaDefinitionNode) else node.name.value  # type: ignore[attr-defined]
        if not name.startswith(("link__", "join__")) or name == "join__Graph":
            result[name] = print_ast(visit(node, _Sorted()))
    return result


# What may stand anywhere in a selection without changing it.
_SPACE = re.compile(r" ?([{}:]|\.\.\.) ?")


class _Sorted(Visitor):
    """Sorts every list of nodes by its text and drops descriptions."""

    def leave(self, node: Node, *_args: object) -> Node:
        changes: dict[str, Any] = {}
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, list | tuple):
                changes[key] = tuple(sorted(value, key=print_ast))
            elif key == "description":
                changes[key] = None
            elif key == "value" and isinstance(value, str):
                changes[key] = _SPACE.sub(r"\1", " ".join(value.split()))
        return replace(node, **changes)


def main(mutations: int, seed: int) -> bool:
    """Print what differs without an allowance, the smallest case of each kind; the answer is whether nothing does."""
    compared, found = differences(mutations, seed)
    used: Counter[str] = Counter()
    kinds: defaultdict[str, list[Difference]] = defaultdict(list)
    for difference in found:
        allowed = next((each for each in COMPOSITION if each.covers(difference.ours, difference.theirs)), None)
        if allowed is None:
            kinds[difference.kind].append(difference)
        else:
            used[allowed.reason] += 1
    for kind, cases in kinds.items():
        smallest = min(cases, key=lambda each: each.size)
        print(f"\n== {len(cases)} times: {kind}")
        for subgraph in smallest.federation:
            print(f"-- {subgraph.name}\n{subgraph.sdl}")
        print(f"-- ours\n{smallest.ours}\n-- theirs\n{smallest.theirs}")
    print(f"\n{compared} federations compared; allowed differences:")
    for reason, count in used.most_common():
        print(f"  {count:5} {reason}")
    print(f"differences that are not allowed: {sum(map(len, kinds.values()))}")
    return not kinds
