"""Functions of another module that return a class."""

from torch import optim

from mylib import averaging
from mylib import factory
from mylib.factory import chosen, groups, nothing, options


def build(model):
    yield averaging()(model.parameters(), lr=0.01)  # OPT301:10
    cls = factory.averaging()
    yield cls(model.parameters(), lr=0.01)  # OPT301:10
    yield chosen("asgd")(model.parameters(), lr=0.01)  # OPT301:10?
    yield factory.looked_up("asgd")(model.parameters(), lr=0.01)  # OPT301:10
    yield nothing()(model.parameters())
    yield optim.SGD(groups(model), lr=0.1)
    yield optim.Adam(model.parameters(), **options())
