"""What every service needs and no domain word: settings, store, bus, telemetry, identity, GraphQL edge, app factory."""
