"""What clients and subgraphs published beforehand."""
