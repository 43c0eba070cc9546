"""`train_torch.py` on MindSpore."""

import math
import sys

import mindspore
import numpy as np
from mindspore import nn, ops

STEPS = 40
WARM_UP = 5
PARTS = 2  # batches that are accumulated for a step
CHECKPOINT = "checkpoint.ckpt"


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.body = nn.Dense(8, 16)
        self.head = nn.Dense(16, 1)

    def construct(self, x):
        return self.head(ops.tanh(self.body(x)))


def make_data():
    random = np.random.RandomState(0)
    x = random.randn(STEPS, PARTS, 16, 8).astype(np.float32)
    return x, np.sin(x.sum(axis=-1, keepdims=True))


def make_model():
    random = np.random.RandomState(1)
    model = Net()
    for parameter in model.get_parameters():
        values = 0.3 * random.randn(*parameter.shape).astype(np.float32)
        parameter.set_data(mindspore.Tensor(values))
    return model


def make_optimizer(model):
    # OPT601, OPT605: a list of rates, one for each step of the optimizer.
    warm_up = [0.1 + 0.9 * step / WARM_UP for step in range(WARM_UP)]
    cosine = [
        (1 + math.cos(math.pi * step / (STEPS - WARM_UP))) / 2 for step in range(STEPS - WARM_UP)
    ]
    factors = warm_up + cosine
    return nn.SGD(
        [
            {
                "params": list(model.body.get_parameters()),  # OPT404: a list
                "lr": [0.02 * factor for factor in factors],
            },
            {"params": list(model.head.get_parameters()), "weight_decay": 0.0},
        ],
        learning_rate=[0.1 * factor for factor in factors],
        momentum=0.9,
        weight_decay=0.01,
    )


def train(model, optimizer, first, last):
    x, y = make_data()
    loss_of = nn.MSELoss()

    def forward(features, targets):
        return loss_of(model(features), targets) / PARTS

    loss_and_gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)
    for step in range(first, last):
        # OPT502: loss and gradients are values; accumulating them is adding them up.
        total, gradients = 0.0, None
        for part in range(PARTS):
            features, targets = mindspore.Tensor(x[step, part]), mindspore.Tensor(y[step, part])
            loss, more = loss_and_gradients(features, targets)
            total += float(loss)
            gradients = more if gradients is None else [a + b for a, b in zip(gradients, more)]
        print(step, f"loss {total:.4f}")
        optimizer(tuple(gradients))


def main(path):
    model = make_model()
    optimizer = make_optimizer(model)
    train(model, optimizer, 0, STEPS // 2)
    # OPT503: the optimizer's checkpoint holds the parameters and the step, too.
    mindspore.save_checkpoint(optimizer, CHECKPOINT)

    model = make_model()
    optimizer = make_optimizer(model)
    mindspore.load_param_into_net(optimizer, mindspore.load_checkpoint(CHECKPOINT))
    train(model, optimizer, STEPS // 2, STEPS)
    np.savez(path, **{value.name: value.asnumpy() for value in model.get_parameters()})


if __name__ == "__main__":
    main(sys.argv[1])
