"""Modules that import each other end every search; so does a chain of too many."""

from ring import Optim, Same
from ring.long9 import optim as far
from ring.two import Lost


def build(model):
    yield Optim(model.parameters(), lr=0.01)  # OPT301:10?
    yield Same(model.parameters(), lr=0.01)  # OPT301:10?
    yield Lost(model.parameters())
    yield far(model.parameters(), lr=0.01)
