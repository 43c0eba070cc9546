import itertools

import torch


def in_a_name(net):
    params = net.parameters()  # all of them
    return torch.optim.SGD(params, lr=0.1)


def chosen(net, few):
    params = [p for p in net.parameters() if p.requires_grad]
    return torch.optim.SGD(params if few else itertools.chain(net.parameters(), few), lr=0.1)


def collected(net):
    groups, params = [], []
    for part in (net.body, net.head):
        weights = list(part.parameters())
        groups.append({"params": weights})
    for p in net.tail.parameters():
        params.append(p)
    params += list(net.rest.parameters())
    groups.append({"params": params, "lr": 0.01})
    return torch.optim.SGD(groups, lr=0.1)


def build(params, lr, kind=torch.optim.Adagrad):
    return kind(params, lr)


def handed_on(net, other):
    count = sum(p.numel() for p in net.parameters())
    return build(net.parameters(), 0.1), build(lr=0.2, params=other.parameters()), count


def trained(net):
    return [p for p in net.parameters() if p.requires_grad]


class Mine(torch.optim.AdamW):
    def __init__(self, parameters, lr=0.02):
        super().__init__(parameters, lr=lr)


class Trainer:
    def __init__(self, net, other):
        self.params = net.parameters(recurse=True)
        self.weights = other.parameters()
        self.first = torch.optim.SGD(itertools.chain(self.params, self.weights), lr=0.1)
        self.second = torch.optim.SGD(trained(net), lr=0.1)
        self.third = Mine(net.parameters())


def decayed_later(net):
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    optimizer.param_groups[0]["weight_decay"] = 0.1
    return optimizer


def perhaps_groups(net, groups):
    return torch.optim.Adam(groups, lr=0.02), torch.optim.Adam(net.parameters(), lr=0.02)
