"""The GraphQL edge of a subgraph: endpoint, schema with safe entity resolution, payload errors, connections."""
