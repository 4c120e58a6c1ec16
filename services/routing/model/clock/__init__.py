"""Working time and the deadlines measured in it."""
