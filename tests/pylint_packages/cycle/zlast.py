"""What one file cut short is told in full where another asks for less."""

from ring.long7 import optim


def build(model):
    return optim(model.parameters(), lr=0.01)  # OPT301:11
