"""Star imports of modules that can be read."""

from star_lib import *


def build(model):
    yield averaging(model.parameters(), lr=0.01)  # OPT301:10
    yield optim.ASGD(model.parameters(), lr=0.01)  # OPT301:10
    yield torch.optim.ASGD(model.parameters(), lr=0.01)  # OPT301:10
    yield Adam(model.parameters(), eps=0.1)
    yield print(model.parameters())
