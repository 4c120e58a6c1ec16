"""Areas, units, posts and who answers for them."""
