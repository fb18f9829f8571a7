"""What runs on AWS Lambda. A handler parses, makes one call into `shared`, and maps the answer."""
