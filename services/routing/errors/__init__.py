"""Why routing may refuse, one module a subject. docs/refusals.md lists every code with its sentence (`make schema`)."""
