"""The CRM's entities, rules and repositories. No HTTP, no boto3; storage is the port `Tables`."""
