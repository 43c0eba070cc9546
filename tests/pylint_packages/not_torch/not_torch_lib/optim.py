"""Optimizers of their own: torch is mentioned, and is not what they come from."""

import torch

from elsewhere.optim import Adamax


class ASGD:
    def __init__(self, params, lr=0.01):
        self.params = torch.as_tensor(params)


class Adam(torch.optim.Optimizer):
    pass


class Wrapped(torch.optim.ASGD):
    def __init__(self, params):
        self.params = params


def make():
    return ASGD


REGISTRY = {"asgd": ASGD}
