"""The domain of routing: pure, no I/O."""
