"""Language models: one port, real providers behind it, what they cost, and where that ends.

Importing this package does not import the providers' client; the first call does.
"""
