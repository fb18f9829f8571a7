"""The workflow API, its node runner and its loop runner. None stands yet."""
