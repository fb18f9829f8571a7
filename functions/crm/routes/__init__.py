"""One module per resource; paths answer with and without a trailing slash, never a redirect."""
