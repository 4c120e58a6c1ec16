"""Subscriptions: sources are subgraphs' event streams, clients listen over SSE or WebSocket."""
