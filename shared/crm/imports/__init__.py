"""A file of leads becomes leads: the upload, the rows, the report.

A file is refused whole, before anything is created, if it cannot be read; a row is refused alone.
"""
