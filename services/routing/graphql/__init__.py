"""The GraphQL edge of routing: translators between documents and handlers or views, no decisions."""
