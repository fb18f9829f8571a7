"""Shows that an asset is whole: each handler answers from nothing but its asset, as on Lambda.

Lambda's own runtime client imports it in a Python of Lambda's version that sees no installed
package; only a function that may call AWS is given the SDK. AWS itself is the local platform's.
"""
