"""The command line `millrace`: a client of the platform's HTTP API and of AWS.

It knows what is shared and nothing that serves, so it works the same on a laptop and from afar.
"""
