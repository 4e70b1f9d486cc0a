"""Running the portal: migrate, serve, work, schedule, look after it."""
