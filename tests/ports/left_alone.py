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
