"""Commands, one module a subject: input, payload and resolver of each mutation, side by side."""
