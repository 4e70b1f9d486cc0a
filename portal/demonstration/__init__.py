"""A region that never existed: believable records from a seed, history made by the portal's own steps, one month."""
