"""What happens once somebody became a member of a tenant."""
