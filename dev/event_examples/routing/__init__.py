"""Events of routing, one module for each of `services/routing/events`."""
