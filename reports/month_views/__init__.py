"""Read models of the month's screens: who has handed in, sums with who is missing, what a reviewer looks at."""
