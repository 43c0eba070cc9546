"""Arguments and classes that stand elsewhere than in the call."""
import torch


def changed(net):
    options = dict(lr=0.02, betas=(0.8, 0.99))
    options["weight_decay"] = 0.1
    options["amsgrad"] = False
    options.update(eps=1e-6)
    return torch.optim.Adam(net.parameters(), **options)


def again(net):
    options = {"lr": 0.02, "betas": (0.8, 0.99)}
    return torch.optim.NAdam(net.parameters(), **options)


def groups(net):
    groups = []
    groups.append({"params": net.a.parameters(), "lr": 0.01})
    for part in net.parts:
        groups.append({"params": part.parameters(), "weight_decay": 0.1})
    return torch.optim.SGD(groups, lr=0.1)


def shared(net, other):
    options = {"lr": 0.02, "betas": (0.8, 0.99)}
    return torch.optim.NAdam(net.parameters(), **options), torch.optim.Adam(other.parameters(), **options)


def either(net, c):
    cls = torch.optim.Adam if c else torch.optim.AdamW
    return cls(net.parameters(), lr=0.1, betas=(0.8, 0.9))


def either_or_neither(net, c):
    if c:
        cls = torch.optim.SGD
    else:
        cls = torch.optim.Adamax
    return cls(net.parameters(), lr=0.1)


def registered(net, c):
    kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    return kinds[c](net.parameters(), lr=0.1)


def in_several_ways(net, c):
    kinds = {"rms": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad}
    return kinds[c](net.parameters(), lr=0.1)


def perhaps(net, c):
    options = {"lr": 0.1}
    if c:
        options["weight_decay"] = 0.1
    return torch.optim.RMSprop(net.parameters(), **options)


OPTIONS = {"lr": 0.01, "betas": (0.9, 0.98)}


def by_the_module(net):
    options = OPTIONS
    return torch.optim.Adam(net.parameters(), **options)


def after_the_call(net):
    groups = [{"params": net.parameters()}]
    groups[0]["betas"] = (0.8, 0.9)
    groups[0]['lr'] = 0.1
    optimizer = torch.optim.AdamW(groups, lr=0.1)
    print(len(groups))
    return optimizer


def overwritten(net):
    options = dict(lr=0.02)
    options["lr"] = 0.01
    return torch.optim.Adam(net.parameters(), **options)


def in_an_item(net):
    group = {"params": net.parameters()}
    group["betas"] = (0.8, 0.9)
    group['lr'] = 0.1
    return torch.optim.AdamW([group], lr=0.1)


def handed_out(net):
    options = dict(lr=0.02)
    net.log(options)
    return torch.optim.Adam(net.parameters(), **options)


def of_another_library(net, bits):
    if bits == 8:
        import bitsandbytes

        kind = bitsandbytes.optim.AdamW8bit
    else:
        kind = torch.optim.AdamW
    return kind(net.parameters(), lr=0.01)


def by_default(net, kind=torch.optim.SGD):
    return kind(net.parameters(), lr=0.01)
