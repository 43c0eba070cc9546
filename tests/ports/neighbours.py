"""Optimizers that are better ported to a neighbouring module: their members are those there."""
import torch


def a(net, n):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-5)
    for i in range(n):
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 - i / n)
        print(optimizer.param_groups[0]["lr"])
        for g in optimizer.param_groups:
            g["lr"] *= 0.5
        optimizer.step()


def b(net, n):
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    for i in range(n):
        optimizer.zero_grad()
        optimizer.step()
        scheduler.step()
        print(scheduler.get_last_lr()[0])


def c(net, n, fancy):
    if fancy:
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
    optimizer.param_groups[0]["lr"] = 1e-4
    return optimizer


def again(net, n):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-5)
    optimizer.param_groups[0]["lr"] = 1e-3
    other = torch.optim.Adam(n.parameters(), lr=1e-3, eps=1e-5)
    print(other.param_groups[0]["lr"])
    return optimizer


def chosen(net, other, c):
    kind = torch.optim.Adam if c else torch.optim.AdamW
    return kind(net.parameters(), lr=0.1), kind(other.parameters(), lr=0.1)
