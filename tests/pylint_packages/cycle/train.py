"""Modules that import each other end every search."""

from ring import Optim, Same
from ring.two import Lost


def build(model):
    yield Optim(model.parameters(), lr=0.01)  # OPT301:10?
    yield Same(model.parameters(), lr=0.01)  # OPT301:10?
    yield Lost(model.parameters())
