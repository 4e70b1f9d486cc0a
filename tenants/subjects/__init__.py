"""People as subjects of personal data: what is held about them, how long, their requests, and its destruction."""
