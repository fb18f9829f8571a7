"""Who is calling: the principal, its role, and what a role may do. No HTTP and no CRM here."""
