"""Workflows as documents: taken out of one place, and put into another.

A document says which format and version it has. Credentials never stand in it: where one was, a
placeholder names what has to be connected anew, and whoever puts the document in is told.
"""
