"""Cards and register of organizations."""
