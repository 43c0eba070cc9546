"""Read the signatures of optimizers and schedulers out of framework releases, and record them.

``sources`` gives the files of a release, ``modules`` has griffe read them, ``families`` says which
names are recorded, ``signatures`` turns these into signatures, ``record`` keeps them.
"""
