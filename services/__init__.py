"""The Huying suite: four services and the chassis they stand on."""
