"""Groups: keys are renamed, rates become factors, generators lists."""
from torch import optim


def in_the_call(net):
    return optim.Adam(
        [
            {"params": net.body.parameters(), "lr": 1e-4},
            {'params': net.head.parameters(), 'betas': (0.8, 0.99)},
        ],
        lr=1e-3,
    )


def in_a_name(net, rate):
    groups = [
        {"params": [p for p in net.parameters() if p.ndim > 1], "weight_decay": 0.1},
        dict(params=(p for p in net.parameters() if p.ndim < 2), weight_decay=0),  # no decay
    ]
    return optim.AdamW(groups, lr=rate)


def elsewhere(groups, rate):
    return optim.SGD(groups, lr=rate, momentum=0.9)
