"""A small regression, trained with AdamW in two groups."""

import torch
from torch import nn


x = torch.arange(24, dtype=torch.float32).reshape(8, 3) / 24
y = (x**2).sum(dim=1, keepdim=True)

model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
for number, parameter in enumerate(model.parameters()):
    with torch.no_grad():
        parameter.copy_(torch.linspace(-0.5, 0.5, parameter.numel()).reshape(parameter.shape))

optimizer = torch.optim.AdamW(
    [
        {"params": model[0].parameters(), "lr": 0.02},
        {"params": model[2].parameters(), "weight_decay": 0.0},
    ],
    lr=0.01,
)
for step in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
print(*(f"{float(p.detach().sum()):.5f}" for p in model.parameters()))
