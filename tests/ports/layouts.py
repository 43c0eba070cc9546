"""Comments, quotes and layouts stay as they are."""
import torch
from torch import nn


def one_a_line(model: nn.Module):
    return torch.optim.AdamW(
        model.parameters(),
        lr=3e-4,  # the peak; see the schedule
        betas=(0.9, 0.95),
        # half of the usual decay
        weight_decay=0.05,
        fused=True,
    )


def on_one_line(model: nn.Module):
    return torch.optim.RMSprop(model.parameters(), 0.01, momentum = 0.9)  # as in the paper


def short(model: nn.Module):
    return torch.optim.Adamax(model.parameters())


def a_generator(weights):
    return torch.optim.SGD((w for w in weights if w.requires_grad), lr=1, momentum=0.9, foreach=False)


def bare_generators(net):
    return torch.optim.SGD(p for p in net.parameters()), torch.optim.Adagrad(p for p in net.parameters())


def blank_lines_around(net, other, batches):
    one = torch.optim.SGD(net.parameters(), lr=0.1)
    two = torch.optim.SGD(other.parameters(), lr=0.1)
    for batch in batches:

        one.zero_grad()
        two.zero_grad()

        net(other(batch)).backward()

        one.zero_grad()
        one.step(), two.step()
