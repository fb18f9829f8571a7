"""What other services of AWS tell us: mail that came, mail that came back, alarms.

Whose it is, a registered row says: the address that was written to, the mail that we sent. What a
message says of tenants counts for nothing.
"""
