"""A scheduler that a port makes first: only where it is made once, and before."""
import torch


def a(nets):
    return [torch.optim.Adagrad(n.parameters(), lr=0.1, lr_decay=0.1) for n in nets]


def b(net): return torch.optim.Adagrad(net.parameters(), lr=0.1, lr_decay=0.1)


make = lambda net, lr: torch.optim.Adagrad(net.parameters(), lr=lr, lr_decay=0.1)
lr = 0.1; o = torch.optim.Adagrad(net.parameters(), lr=lr, lr_decay=0.1)


def c(net, x):
    if x: o = torch.optim.Adagrad(net.parameters(), lr=0.1, lr_decay=0.1)
    elif x == 3:
        o = torch.optim.Adagrad(
            net.parameters(), lr=0.1, lr_decay=0.1)
    else: o = torch.optim.Adagrad(net.parameters(), lr=0.1, lr_decay=0.1)
    return g(1,
        torch.optim.Adagrad(net.parameters(), lr=0.1, lr_decay=0.1))
