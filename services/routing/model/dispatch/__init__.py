"""Who can be sent, and who is."""
