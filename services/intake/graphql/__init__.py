"""The GraphQL edge of intake: translators, no decisions."""
