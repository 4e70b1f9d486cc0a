"""Letters: the row is the letter, committed with the change that asks for it; its text is made when it is sent."""
