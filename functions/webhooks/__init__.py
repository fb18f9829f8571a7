"""What sends webhooks: the sender, and the sweeper that looks after it."""
