"""Mediation: dispute cases from registration to a kept agreement, or to honest advice on where else to go."""
