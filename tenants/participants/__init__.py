"""People of an organization: the number above, the name only in the school."""
