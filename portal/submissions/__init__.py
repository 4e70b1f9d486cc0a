"""Pages and commands of the month: filling, sending, review, sums."""
