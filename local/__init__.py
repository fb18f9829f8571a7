"""The laptop: a local AWS that runs what the blueprint describes. Nothing imports this package.

`python -m local` serves the whole platform; `platform.Platform` is the same for tests.
"""
