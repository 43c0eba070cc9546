"""What can't be ported stays torch's, and a comment says why."""
import torch

shared = {"lr": 0.01, "betas": (0.9, 0.98)}


def without_counterpart(net):
    return torch.optim.Adafactor(net.parameters(), lr=0.01)


def unknown(net, options):
    return torch.optim.Adam(net.parameters(), **options)


def twice(one, two):
    return torch.optim.Adam(one.parameters(), **shared), torch.optim.NAdam(two.parameters(), **shared)


def upwards(net):
    return torch.optim.SGD(net.parameters(), lr=0.1, maximize=True)


def decaying(net):
    optimizer = torch.optim.Adagrad(net.parameters(), lr=0.1, lr_decay=0.01)
    return optimizer


def other(net):
    return net.optim.Adam(net.parameters(), lr=0.1)


class Lookahead(torch.optim.Optimizer):
    def __init__(self, params, steps=5):
        super().__init__(params, dict(steps=steps))


def at_run_time(net, kind, *args, **more):
    first = getattr(torch.optim, kind)(net.parameters(), lr=0.1)
    return first, torch.optim.Adam(*args, **more)


pairs = {"sgd": (torch.optim.SGD, {"momentum": 0.9}), "adam": (torch.optim.Adam, {"betas": (0.8, 0.9)})}


def in_pairs(net, kind):
    cls, options = pairs[kind]
    return cls(net.parameters(), lr=0.1, **options)
