"""A month of the ladder in minutes: real services on real servers, one simulated clock, units of every temperament."""
