"""What answers a message of a conversation, on behalf of whoever sent it."""
