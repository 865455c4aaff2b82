"""Groups that run in stripes: operators on a few rows at a time, their maps on chip."""
