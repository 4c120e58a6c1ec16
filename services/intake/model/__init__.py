"""The domain of intake: reports, their timeline, categories, areas, and who may see what. No I/O."""
