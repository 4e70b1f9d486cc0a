"""Pages of subjects' data: what is held, what falls due, acts of destruction, requests, terms."""
