"""Our gateway and the Node gateways of the same protocol, measured side by side in one run."""
