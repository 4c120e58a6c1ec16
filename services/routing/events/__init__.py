"""What routing announces, one module a subject. Ids and facts only; of sealed matters no free text."""
