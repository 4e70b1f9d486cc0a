"""The region's settings, the rules as a school reads them, and the school's required documents."""
