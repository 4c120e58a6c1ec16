"""What a leader asks of units, and how it is kept after."""
