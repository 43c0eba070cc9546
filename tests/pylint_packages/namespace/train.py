"""Directories without ``__init__.py``."""

import inner.deep.optimizers
from inner.deep import optimizers
from inner.deep.optimizers import ASGD
from .inner.deep.optimizers import ASGD as Neighbour


def build(model):
    yield ASGD(model.parameters(), lr=0.01)  # OPT301:10
    yield Neighbour(model.parameters(), lr=0.01)  # OPT301:10
    yield optimizers.ASGD(model.parameters(), lr=0.01)  # OPT301:10
    yield inner.deep.optimizers.ASGD(model.parameters(), lr=0.01)  # OPT301:10
