"""Who is called, who answers, and who comes next."""
