"""A subclass that only changes a default, and one that changes nothing."""

import torch
from torch.optim import Rprop


class PatientRprop(Rprop):
    """Named for what we use it for."""

    patience = 3


def optimizer_for(model: torch.nn.Module) -> torch.optim.Optimizer:
    if sum(p.numel() for p in model.parameters()) > 1_000_000:
        raise ValueError("too large for full batches")
    return PatientRprop(model.parameters())  # OPT201
