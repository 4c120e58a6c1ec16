"""Assets, campaigns, hazards, tasks of grids."""
