"""GraphQL types, one file an aggregate."""
