"""The region's settings: typed values that hold from a day on."""
