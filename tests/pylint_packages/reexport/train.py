"""torch's classes by way of a package of the user's own, under its names."""

import reexport_lib
from reexport_lib import Adamax, Again, sgd


def build(model):
    yield Adamax(model.parameters())  # OPT201:10
    yield Again(model.parameters(), lr=0.01)  # OPT301:10
    yield reexport_lib.Again(model.parameters(), lr=0.01)  # OPT301:10
    yield sgd(model.parameters(), lr=0.1, maximize=True)  # OPT102:42
