"""From a normalised operation to a query plan: walk, choose, fetch steps, optimise, print."""
