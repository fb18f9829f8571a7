"""Who calls: the authorizer before every API, and the routes of accounts, members and keys."""
