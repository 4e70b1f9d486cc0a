"""The domain: what organizations own and do. Knows nothing of the web, the queue or the typesetter."""
