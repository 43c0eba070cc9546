"""Train a small net: groups, warm-up and cosine, accumulated gradients, a closure, a checkpoint.

``python train_torch.py WEIGHTS.npz`` writes the trained weights. `train_paddle.py` and
`train_mindspore.py` are the ports that follow what optport says of this file.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, SequentialLR

STEPS = 40
WARM_UP = 5
PARTS = 2  # batches that are accumulated for a step
CHECKPOINT = "checkpoint.pt"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)))


def make_data():
    random = np.random.RandomState(0)
    x = random.randn(STEPS, PARTS, 16, 8).astype(np.float32)
    return x, np.sin(x.sum(axis=-1, keepdims=True))


def make_model():
    random = np.random.RandomState(1)
    model = Net()
    with torch.no_grad():
        for parameter in model.parameters():
            values = 0.3 * random.randn(*parameter.shape).astype(np.float32)
            parameter.copy_(torch.from_numpy(values))
    return model


def make_optimizer(model):
    optimizer = torch.optim.SGD(
        [
            {"params": model.body.parameters(), "lr": 0.02},
            {"params": model.head.parameters(), "weight_decay": 0},
        ],
        lr=0.1,
        momentum=0.9,
        weight_decay=0.01,
    )
    warm_up = LinearLR(optimizer, start_factor=0.1, total_iters=WARM_UP)
    cosine = CosineAnnealingLR(optimizer, T_max=STEPS - WARM_UP)
    scheduler = SequentialLR(optimizer, schedulers=[warm_up, cosine], milestones=[WARM_UP])
    return optimizer, scheduler


def train(model, optimizer: Optimizer, scheduler: LRScheduler, first, last):
    x, y = make_data()
    loss_of = nn.MSELoss()
    for step in range(first, last):

        def closure(step=step):
            optimizer.zero_grad()
            total = 0.0
            for part in range(PARTS):
                features, targets = torch.from_numpy(x[step, part]), torch.from_numpy(y[step, part])
                loss = loss_of(model(features), targets) / PARTS
                loss.backward()
                total += loss.item()
            return total

        loss = optimizer.step(closure)
        print(step, f"loss {loss:.4f}", f"rate {optimizer.param_groups[0]['lr']:.4f}")
        scheduler.step()


def main(path):
    model = make_model()
    optimizer, scheduler = make_optimizer(model)
    train(model, optimizer, scheduler, 0, STEPS // 2)
    torch.save([model.state_dict(), optimizer.state_dict(), scheduler.state_dict()], CHECKPOINT)

    model = make_model()
    optimizer, scheduler = make_optimizer(model)
    weights, moments, epochs = torch.load(CHECKPOINT)
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    scheduler.load_state_dict(epochs)
    train(model, optimizer, scheduler, STEPS // 2, STEPS)
    np.savez(path, **{name: value.numpy() for name, value in model.state_dict().items()})


if __name__ == "__main__":
    main(sys.argv[1])
