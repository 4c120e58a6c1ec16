"""The stages of a request; each is a function from one small record to the next."""
