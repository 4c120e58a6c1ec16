"""Reads for queries and loaders, straight from MongoDB, filtered by what the caller may see."""
