"""What moves events: the outbox relay and its sweeper."""
