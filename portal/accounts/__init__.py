"""Sign-in, password, choice of the organization."""
