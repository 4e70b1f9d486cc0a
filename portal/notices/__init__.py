"""Letters on their way: texts, the mail server, the worker's step."""
