"""Durable consumers: a declared function becomes rule, queue, dead letters, function and inbox."""
