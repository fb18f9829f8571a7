"""From synthesized templates to the blueprint: which types and properties the laptop acts on.

Plain data in, plain data out; nothing here imports the CDK.
"""
