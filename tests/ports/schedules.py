"""Schedules: made where they are, from what is known there."""
import torch
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import StepLR


def stepped(net, gamma):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, step_size=30, gamma=gamma)  # as in the paper
    return optimizer, scheduler


class Trainer:
    def __init__(self, net, epochs: int) -> None:
        self.optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
        self.scheduler = lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=epochs)


def warmed_up(net, epochs: int):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    warmup = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5)
    cosine = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs - 5)
    scheduler = lr_scheduler.SequentialLR(optimizer, [warmup, cosine], milestones=[5])
    return optimizer, scheduler


def by_default(net):
    optimizer = torch.optim.Adam(net.parameters())
    return {"optimizer": optimizer, "lr_scheduler": lr_scheduler.ExponentialLR(optimizer, 0.9)}


def in_lines(net, sizes):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(
        optimizer,
        step_size=sizes["step"],  # in epochs
        gamma=0.5,
    )
    return optimizer, scheduler


def in_a_dict(net):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    return {"optimizer": optimizer, "lr_scheduler": lr_scheduler.ExponentialLR(optimizer, 0.9)}
