import torch

from .more import Distant


class Plain(torch.optim.ASGD):
    """As torch's."""


class Named(Plain):
    def __repr__(self):
        return "Named"


class OwnStep(torch.optim.ASGD):
    def step(self, closure=None):
        return closure


class OwnInit(torch.optim.ASGD):
    def __init__(self, params):
        super().__init__(params, lr=0.01)  # OPT301:8


class Far(Distant):
    pass
