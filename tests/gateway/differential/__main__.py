"""What others answer and what we answer, on the same input: `make differential`."""

from __future__ import annotations

import argparse
import sys

from tests.gateway.differential import answers, composition, plans, protocol, supergraphs

parser = argparse.ArgumentParser(prog="make differential", description=__doc__)
parser.add_argument("--mutations", type=int, default=1000, help="mutated federations beside the corpus")
parser.add_argument("--federations", type=int, default=40, help="random federations to plan on, beside the cases")
parser.add_argument("--answers", type=int, default=10, help="random federations to ask over HTTP, beside the cases")
parser.add_argument("--only", default="", help="only the answers of the cases whose names contain this")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
answered = answers.main(options.answers, options.seed, options.only)
if options.only:
    sys.exit(not answered)
agreed = [
    answered,
    protocol.main(),
    composition.main(options.mutations, options.seed),
    supergraphs.main(),
    plans.main(options.federations, options.seed),
]
sys.exit(not all(agreed))
