"""Reports on screen and in the shell."""
