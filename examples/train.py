"""Train a small classifier: the kind of script that gets moved to another framework."""

import argparse

import torch
from torch import nn, optim


class Net(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(32, width), nn.LayerNorm(width), nn.ReLU())
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.body(x))


def make_optimizer(name, model, weight_decay):
    parameters = [p for p in model.parameters() if p.requires_grad]
    if name == "asgd":
        return optim.ASGD(parameters)
    if name == "adamax":
        return optim.Adamax(parameters, eps=1e-4)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=1e-3, momentum=0.9)
    if name == "adagrad":
        return optim.Adagrad(parameters, 0.05, lr_decay=1e-3)
    if name == "sgd":
        return optim.SGD(
            parameters,
            lr=1,
            momentum=0.9,
            dampening=0.1,
            weight_decay=weight_decay,
            foreach=True,
        )
    return optim.AdamW(model.parameters(), lr=3e-4, weight_decay=weight_decay)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--optimizer", default="adamw")
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()

    torch.manual_seed(0)
    model = Net()
    optimizer = make_optimizer(arguments.optimizer, model, arguments.weight_decay)
    loss_of = nn.CrossEntropyLoss()
    for step in range(arguments.steps):
        x, y = torch.randn(16, 32), torch.randint(10, (16,))
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        if step % 10 == 0:
            print(step, loss.item())


if __name__ == "__main__":
    main()
