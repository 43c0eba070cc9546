"""Modules that can't be read bring nothing, and break nothing."""

from torch.optim import ASGD as Sure

from binary import ASGD as Binary
from broken import ASGD


def build(model):
    yield ASGD(model.parameters())
    yield Binary(model.parameters())
    yield Sure(model.parameters(), lr=0.01)  # OPT301:10
