"""A class chosen by an option, among classes that the script names."""

import argparse

import torch
from torch import nn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--optimizer", default="adam", choices=["adam", "adamax"])
    parser.add_argument("--lr", type=float, default=1e-3)
    args = parser.parse_args()
    model = nn.Linear(8, 2)
    optimizers = {"adam": torch.optim.Adam, "adamax": torch.optim.Adamax}
    optimizer = optimizers[args.optimizer](model.parameters(), lr=args.lr, eps=1e-4)  # OPT303?
    for _ in range(10):
        optimizer.zero_grad()
        model(torch.randn(4, 8)).sum().backward()
        optimizer.step()


if __name__ == "__main__":
    main()
