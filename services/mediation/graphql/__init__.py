"""Mediation at its GraphQL edge: translators, no decisions."""
