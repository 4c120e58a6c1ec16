"""Runs query plans: fetches, merges and writes the answer, with code made once per operation."""
