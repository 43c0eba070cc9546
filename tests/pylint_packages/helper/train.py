"""Functions of another module that return a class."""

from torch import optim

from helper_lib import averaging
from helper_lib import factory
from helper_lib.factory import chosen, groups, nothing, options


def build(model):
    yield averaging()(model.parameters(), lr=0.01)  # OPT301:10
    cls = factory.averaging()
    yield cls(model.parameters(), lr=0.01)  # OPT301:10
    yield chosen("asgd")(model.parameters(), lr=0.01)  # OPT301:10?
    yield factory.looked_up("asgd")(model.parameters(), lr=0.01)  # OPT301:10
    yield nothing()(model.parameters())
    yield optim.SGD(groups(model), lr=0.1)
    yield optim.Adam(model.parameters(), **options())
