"""Durable consumers, one to a file: adding the file is all."""
