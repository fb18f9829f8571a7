"""The workflow API, its node runner and what keeps its runs and machines in order."""
