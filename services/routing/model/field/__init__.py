"""What is looked after on the ground: assets, campaigns, hazards, tasks of grids."""
