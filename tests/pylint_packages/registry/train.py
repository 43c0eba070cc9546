"""Registries of another module may be changed from anywhere, so nothing in them is certain."""

import torch

from zoo import BY_NAME
from zoo.table import ALL, GROUPS, NESTED, OPTIONS


def build(model, name):
    yield BY_NAME["asgd"](model.parameters(), lr=0.01)  # OPT301:10?
    yield BY_NAME.get("sgd")(model.parameters(), lr=0.1, maximize=True)  # OPT102:57?
    yield BY_NAME[name](model.parameters(), lr=0.01)  # OPT301:10?
    yield NESTED["averaging"]["class"](model.parameters(), lr=0.01)  # OPT301:10?
    yield BY_NAME["lion"](model.parameters())
    for each in ALL:
        yield each(model.parameters(), lr=0.01)  # OPT301:14?
    # What another module puts into groups and keywords stands there, not here.
    yield torch.optim.SGD(GROUPS, lr=0.1)
    yield torch.optim.Adam(model.parameters(), **OPTIONS)
