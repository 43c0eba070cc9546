"""Learning rates that fall from layer to layer."""

import torch


def layer_groups(model: torch.nn.Sequential, rate: float, decay: float = 0.9) -> list[dict]:
    groups = []
    for depth, layer in enumerate(model):
        groups.append({"params": list(layer.parameters()), "lr": rate * decay**depth})  # OPT401?
    return groups


def main() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.Adam(layer_groups(model, 1e-3), lr=1e-3)
    for _ in range(100):
        optimizer.zero_grad()
        model(torch.randn(2, 4)).sum().backward()
        optimizer.step()


main()
