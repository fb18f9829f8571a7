"""What developers run and nothing ships: generation and its drift check."""
