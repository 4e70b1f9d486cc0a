"""Names opened for hours to somebody above the school, and who looked."""
