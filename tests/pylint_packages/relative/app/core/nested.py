from ..optimizers import OPT_CLS as Up
from . import Adamax


def build(model):
    yield Up(model.parameters(), lr=0.01)  # OPT301:10
    yield Adamax(model.parameters())  # OPT201:10
