"""A small regression, trained with momentum and a step schedule."""

import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR

x = torch.arange(24, dtype=torch.float32).reshape(8, 3) / 24
y = torch.sin(x.sum(dim=1, keepdim=True))

model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
for number, parameter in enumerate(model.parameters()):
    with torch.no_grad():
        parameter.copy_(torch.linspace(-0.5, 0.5, parameter.numel()).reshape(parameter.shape))

optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
scheduler = StepLR(optimizer, step_size=7, gamma=0.3)
for step in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    scheduler.step()
print(*(f"{float(p.detach().sum()):.5f}" for p in model.parameters()))
