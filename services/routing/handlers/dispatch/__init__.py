"""Responders, shifts, teams, and sending them."""
