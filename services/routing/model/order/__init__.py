"""Work orders, and the steps, venues, custody and evidence that hang on them."""
