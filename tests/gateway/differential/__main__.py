"""What others answer and what we answer, on the same input: `make differential`."""

from __future__ import annotations

import argparse
import sys

from tests.gateway.differential import composition, plans, protocol, supergraphs

parser = argparse.ArgumentParser(prog="make differential", description=__doc__)
parser.add_argument("--mutations", type=int, default=1000, help="mutated federations beside the corpus")
parser.add_argument("--federations", type=int, default=40, help="random federations to plan on, beside the cases")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
agreed = [
    protocol.main(),
    composition.main(options.mutations, options.seed),
    supergraphs.main(),
    plans.main(options.federations, options.seed),
]
sys.exit(not all(agreed))
