"""Read models of the home pages: few statements each, since everybody's day begins there."""
