"""`train_torch.py` on PaddlePaddle."""

import sys

import numpy as np
import paddle
from paddle import nn
from paddle.optimizer.lr import CosineAnnealingDecay, LinearWarmup

STEPS = 40
WARM_UP = 5
PARTS = 2  # batches that are accumulated for a step
CHECKPOINT = "checkpoint.pdparams"


class Net(nn.Layer):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(paddle.tanh(self.body(x)))


def make_data():
    random = np.random.RandomState(0)
    x = random.randn(STEPS, PARTS, 16, 8).astype(np.float32)
    return x, np.sin(x.sum(axis=-1, keepdims=True))


def make_model():
    random = np.random.RandomState(1)
    model = Net()
    for parameter in model.parameters():
        # Linear's weight is torch's transposed.
        values = 0.3 * random.randn(*reversed(parameter.shape)).astype(np.float32)
        parameter.set_value(values.T)
    return model


def make_optimizer(model):
    # OPT905: the optimizer takes the scheduler, so the scheduler comes first.
    scheduler = LinearWarmup(
        learning_rate=CosineAnnealingDecay(learning_rate=0.1, T_max=STEPS - WARM_UP),
        warmup_steps=WARM_UP,
        start_lr=0.1 * 0.1,
        end_lr=0.1,
    )
    optimizer = paddle.optimizer.Momentum(
        learning_rate=scheduler,
        momentum=0.9,
        parameters=[
            {"params": model.body.parameters(), "learning_rate": 0.2},  # OPT401: a factor
            {"params": model.head.parameters(), "weight_decay": 0.0},  # OPT403: no int
        ],
        weight_decay=0.01,
    )
    return optimizer, scheduler


def train(model, optimizer, scheduler, first, last):
    x, y = make_data()
    loss_of = nn.MSELoss()
    for step in range(first, last):
        # OPT502: the closure's body, then step().
        optimizer.zero_grad()
        total = 0.0
        for part in range(PARTS):
            features, targets = paddle.to_tensor(x[step, part]), paddle.to_tensor(y[step, part])
            loss = loss_of(model(features), targets) / PARTS
            loss.backward()
            total += loss.item()
        optimizer.step()
        print(step, f"loss {total:.4f}", f"rate {0.2 * optimizer.get_lr():.4f}")  # OPT501
        scheduler.step()


def main(path):
    # OPT503: a state is loaded by the names of weights and accumulators: both halves must give
    # the same names, as two runs of the script would.
    with paddle.utils.unique_name.guard():
        model = make_model()
        optimizer, scheduler = make_optimizer(model)
        train(model, optimizer, scheduler, 0, STEPS // 2)
        states = [model.state_dict(), optimizer.state_dict(), scheduler.state_dict()]
        paddle.save(states, CHECKPOINT)

    with paddle.utils.unique_name.guard():
        model = make_model()
        optimizer, scheduler = make_optimizer(model)
        for part, state in zip((model, optimizer, scheduler), paddle.load(CHECKPOINT)):
            part.set_state_dict(state)
        train(model, optimizer, scheduler, STEPS // 2, STEPS)
    np.savez(path, **{name: value.numpy().T for name, value in model.state_dict().items()})


if __name__ == "__main__":
    main(sys.argv[1])
