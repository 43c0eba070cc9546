"""One of several optimizers over the same groups, and the schedule of whichever it is."""
import argparse
import torch
from torch.optim import SGD, AdamW, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

args = argparse.ArgumentParser().parse_args()


def build(net, decay, others):
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    if args.optimizer == "adamw":
        return AdamW(groups, lr=args.lr, betas=(0.9, 0.95), fused=True)
    if args.optimizer == "rmsprop":
        return RMSprop(groups, lr=args.lr)
    return SGD(groups, lr=args.lr, momentum=0.9, nesterov=True)


def scheduled(net, decay, others):
    optimizer = build(net, decay, others)
    warmup = LinearLR(optimizer, start_factor=1e-3, total_iters=500)
    cosine = CosineAnnealingLR(optimizer, T_max=10000, eta_min=1e-6)
    return optimizer, SequentialLR(optimizer, [warmup, cosine], milestones=[500])


def stays_with_its_optimizer(net, options):
    optimizer = SGD(net.parameters(), **options)
    warmup = LinearLR(optimizer, start_factor=0.1)
    scheduler = SequentialLR(optimizer, [warmup, CosineAnnealingLR(optimizer, 9)], [5])
    return optimizer, scheduler


SCHEDULERS = {"cosine": CosineAnnealingLR, "linear": LinearLR}


def is_plain(optimizer):
    return isinstance(optimizer, torch.optim.Adagrad)


def of_this_kind(optimizer: torch.optim.Optimizer, kinds=(torch.optim.Adadelta,)):
    return isinstance(optimizer, kinds)
