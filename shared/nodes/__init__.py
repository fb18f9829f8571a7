"""The node types that come with the platform: one class, one file."""
