"""Arguments in a dict that is put together step by step."""

import torch
from torch.optim import SGD

settings = {"lr": 0.1, "momentum": 0.9}
settings["dampening"] = 0.3  # OPT102
settings.update(nesterov=False)


def train(model: torch.nn.Module, batches: list) -> None:
    optimizer = SGD(model.parameters(), **settings)
    for batch in batches:
        optimizer.zero_grad()
        model(batch).mean().backward()
        optimizer.step()
