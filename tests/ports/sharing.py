"""Groups and settings of several calls: changed once where all of them want it alike."""

import torch

shared = {"lr": 0.01, "betas": (0.9, 0.98)}


def agree(one, two):
    return torch.optim.Adam(one.parameters(), **shared), torch.optim.Adam(two.parameters(), **shared)


def disagree(one, two):
    options = {"lr": 0.01, "betas": (0.9, 0.98)}
    return torch.optim.Adam(one.parameters(), **options), torch.optim.Adamax(two.parameters(), **options), torch.optim.SGD(two.parameters(), **options)


def groups_of_two(net, fast):
    groups = [
        {"params": net.a.parameters(), "lr": 1e-4},  # slow
        {"params": net.b.parameters(), "weight_decay": 0.0},
    ]
    if fast:
        optimizer = torch.optim.AdamW(groups, lr=1e-3)
    else:
        optimizer = torch.optim.Adam(groups, lr=1e-3)
    return optimizer


def other_rate(net, fast):
    groups = [
        {"params": net.a.parameters(), "lr": 1e-4},  # slow
        {"params": net.b.parameters(), "weight_decay": 0.0},
    ]
    if fast:
        optimizer = torch.optim.AdamW(groups, lr=1e-3)
    else:
        optimizer = torch.optim.Adam(groups, lr=1e-2)
    return optimizer


def printed(net, fast):
    groups = [
        {"params": net.a.parameters(), "lr": 1e-4},  # slow
        {"params": net.b.parameters(), "weight_decay": 0.0},
    ]
    print(groups)
    return torch.optim.AdamW(groups, lr=1e-3) if fast else torch.optim.Adam(groups, lr=1e-3)


def appended(net, kind):
    body = dict(params=net.a.parameters())
    body["lr"] = 0.002
    head = dict(params=net.b.parameters())
    groups = [body, head]
    if kind == "adam":
        return torch.optim.Adam(groups, lr=0.02)
    if kind == "nadam":
        return torch.optim.NAdam(groups, lr=0.02)
    if kind == "muon":
        return torch.optim.Muon(net.parameters(), lr=0.02)
    return torch.optim.AdamW(groups, 0.02)


def one_stays(net, kind):
    groups = [{"params": net.a.parameters(), "lr": 0.002}]
    if kind == "adam":
        return torch.optim.Adam(groups, lr=0.02)
    return torch.optim.Muon(groups, lr=0.02)
