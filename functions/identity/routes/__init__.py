"""One module per resource; every path is below /auth/."""
