"""An optimizer half made at one place and finished at another."""

from functools import partial

import torch
from torch import optim

make_optimizer = partial(optim.Adadelta, lr=0.5, eps=1e-6)


def fit(model: torch.nn.Module, loader) -> None:
    optimizer = make_optimizer(model.parameters())  # OPT201
    for x, y in loader:
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
