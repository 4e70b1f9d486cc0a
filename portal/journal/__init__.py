"""The journal as people read it: who did what, when, and what it changed."""
