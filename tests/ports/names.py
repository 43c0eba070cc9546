"""Classes that are reached in other ways than by their name at the call."""
import functools
import torch
from torch.optim import SGD as Descent, Optimizer

KINDS = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop, "muon": torch.optim.Muon}


class Warm(torch.optim.NAdam):
    def __init__(self, params, lr=0.001):
        super().__init__(params, lr=lr, weight_decay=0.01)


def chosen(net, name: str) -> Optimizer:
    return KINDS[name](net.parameters(), lr=0.01)


def known(net):
    return KINDS["adam"](net.parameters(), lr=0.01, eps=1e-6)


def handed_on(net):
    make = functools.partial(Descent, lr=0.1, nesterov=True)
    return make(net.parameters(), momentum=0.9)


def is_plain(optimizer) -> bool:
    return isinstance(optimizer, Descent)
