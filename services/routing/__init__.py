"""Routing: the organisation and its grid, who is competent for a matter, and the orders that oblige a post to act."""
