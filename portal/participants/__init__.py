"""People at the edge: list, card, paste from Excel. Names are shown in the school's own scope only."""
