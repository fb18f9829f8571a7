"""The assets: what each kind of function ships to Lambda, built without Docker.

Only `bundling` imports the CDK; the rest is the standard library and the installer `uv`.
"""
