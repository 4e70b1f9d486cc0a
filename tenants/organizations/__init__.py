"""The tree of organizations: region, districts, schools, colleges."""
