"""What answers the assistant's routes; each function serves one of these modules."""
