"""A small classifier; the optimizer is chosen by a name, its arguments are kept in a dict."""

import torch
from torch import nn

KINDS = {"adamax": torch.optim.Adamax, "nadam": torch.optim.NAdam}

x = torch.arange(40, dtype=torch.float32).reshape(10, 4) / 40 - 0.5
y = (x.sum(dim=1) > 0).long()

model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
for number, parameter in enumerate(model.parameters()):
    with torch.no_grad():
        parameter.copy_(torch.linspace(-0.6, 0.6, parameter.numel()).reshape(parameter.shape))

optimizer = KINDS["adamax"](model.parameters(), betas=(0.8, 0.99), foreach=False)
for step in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
print(*(f"{float(p.detach().sum()):.5f}" for p in model.parameters()))
