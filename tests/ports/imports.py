#!/usr/bin/env python
"""A module docstring."""
from __future__ import annotations

import os, torch.optim as opt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def build(net) -> "torch.optim.Optimizer":
    from torch.optim import LBFGS
    import torch.optim.lr_scheduler as sched

    if os.environ.get("CLOSURE"):
        return LBFGS(net.parameters(), lr=1)
    return opt.SGD(net.parameters(), lr=0.1)
