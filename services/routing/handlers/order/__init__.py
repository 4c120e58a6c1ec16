"""Commands on work orders and what hangs on them."""
