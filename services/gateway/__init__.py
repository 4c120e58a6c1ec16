"""The federated GraphQL gateway: one schema, planned and executed over many subgraphs."""
