"""Benchmarks: each prints ratios measured in one run, because absolute figures belong to one machine on one day."""
