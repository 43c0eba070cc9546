from .. import optimizers
from ..torch.optim import ASGD
from ... import outside
from .nested import Up
from . import nested


def build(model):
    yield optimizers.OPT_CLS(model.parameters(), lr=0.01)  # OPT301:10
    yield Up(model.parameters(), lr=0.01)  # OPT301:10
    yield nested.Up(model.parameters(), lr=0.01)  # OPT301:10
    yield ASGD(model.parameters())
    yield outside.ASGD(model.parameters())
