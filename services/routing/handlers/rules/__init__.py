"""Routing a report; rule sets, policies, rulings, modes."""
