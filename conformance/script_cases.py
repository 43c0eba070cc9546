"""Whole scripts that build one optimizer, in the ways that people write it.

Each is read by ``python -m conformance scripts``: ported to a target as a file, then executed in
torch and in the target's framework on the same problem. A script may use ``net`` (a module with
the parts ``body`` and ``head``) and leaves its optimizer under the name ``optimizer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.values import Values, needed, rate, signature, values_of
from optport.signatures import ApiKind, known_names

HEAD = "import torch\n\nfrom problem import net\n\n"


@dataclass(frozen=True, slots=True)
class Script:
    """One script: what it shows, in a word or two, and its text."""

    name: str
    text: str


def scripts() -> list[Script]:
    """All scripts: every optimizer and argument, groups, import forms, indirection."""
    return [*_every_argument(), *_groups(), *_imports(), *_indirect(), *_loops()]


def _every_argument() -> Iterator[Script]:
    for name in known_names(ApiKind.OPTIMIZER):
        params = "[*net.body.parameters()]" if name == "Muon" else "net.parameters()"
        yield _call(f"{name} bare", f"{name}({params})")
        yield _call(f"{name} lr", f"{name}({params}, lr={rate(name)})")
        for parameter in signature(name).by_name:
            values = _values(name, parameter)
            if values is None or parameter == "lr":
                continue
            value = values.typical or next(iter(values.tried), None)
            if value is not None:
                given = {"lr": rate(name), parameter: value, **needed(name, values)}
                words = ", ".join(f"{word}={text}" for word, text in given.items())
                yield _call(f"{name} {parameter}", f"{name}({params}, {words})")


def _values(name: str, parameter: str) -> Values | None:
    try:
        return values_of(name, parameter)
    except KeyError:
        return None


def _call(name: str, call: str) -> Script:
    return Script(name, f"{HEAD}optimizer = torch.optim.{call}\n")


_TWO = '[{{"params": net.body.parameters(){0}}}, {{"params": net.head.parameters(){1}}}]'


def _groups() -> Iterator[Script]:
    for name, call in {
        "lr": "Adam(" + _TWO.format(', "lr": 0.002', "") + ", lr=0.02)",
        "lr each": "SGD(" + _TWO.format(', "lr": 0.01', ', "lr": 0.1') + ", momentum=0.9)",
        "lr, rate left out": "AdamW(" + _TWO.format(', "lr": 0.002', "") + ")",
        "weight decay": "AdamW(" + _TWO.format(', "weight_decay": 0.0', "") + ", lr=0.02)",
        "int weight decay": "SGD(" + _TWO.format(', "weight_decay": 0', "") + ", lr=0.1)",
        "betas": "Adam(" + _TWO.format(', "betas": (0.8, 0.99)', "") + ", lr=0.02)",
        "eps": "Adam(" + _TWO.format(', "eps": 0.001', "") + ", lr=0.02)",
        "momentum": "SGD(" + _TWO.format(', "momentum": 0.9', "") + ", lr=0.1, momentum=0.5)",
        "rho": "Adadelta(" + _TWO.format(', "rho": 0.95', "") + ", lr=1.0)",
        "amsgrad": "Adam(" + _TWO.format(', "amsgrad": True', "") + ", lr=0.02)",
        "two keys": "AdamW("
        + _TWO.format(', "lr": 0.002, "weight_decay": 0.0', "")
        + ", lr=0.02, weight_decay=0.1)",
    }.items():
        yield _call(f"groups: {name}", call)
    yield Script(
        "groups in a name",
        f"{HEAD}groups = [\n"
        '    {"params": net.body.parameters(), "lr": 0.002},\n'
        '    {"params": net.head.parameters(), "weight_decay": 0},  # the head is not decayed\n'
        "]\noptimizer = torch.optim.Adam(groups, lr=0.02, weight_decay=0.1)\n",
    )
    yield Script(
        "groups from a generator",
        f"{HEAD}groups = [\n"
        '    {"params": (p for p in net.body.parameters()), "lr": 0.01},\n'
        '    {"params": filter(lambda p: p.ndim > 1, net.head.parameters())},\n'
        "]\noptimizer = torch.optim.SGD(groups, lr=0.1)\n",
    )


def _imports() -> Iterator[Script]:
    call = "(net.parameters(), lr=0.02, weight_decay=0.1)"
    for head, name in (
        ("import torch.optim", "torch.optim.Adam"),
        ("import torch.optim as optim", "optim.Adam"),
        ("import torch as th", "th.optim.Adam"),
        ("from torch import optim", "optim.Adam"),
        ("from torch import optim as o", "o.Adam"),
        ("from torch.optim import Adam", "Adam"),
        ("from torch.optim import Adam as A, SGD", "A"),
        ("from torch.optim import *", "Adam"),
        ("from torch.optim.adam import Adam", "Adam"),
        ("import torch\nimport torch.optim", "torch.optim.Adam"),
    ):
        text = f"{head}\n\nfrom problem import net\n\noptimizer = {name}{call}\n"
        yield Script(f"import: {head.splitlines()[-1]}", text)


def _indirect() -> Iterator[Script]:
    net = "from problem import net\n\n"
    yield Script(
        "class in a variable",
        f"{HEAD}kind = torch.optim.Adamax\noptimizer = kind(net.parameters())\n",
    )
    yield Script(
        "registry",
        f'{HEAD}KINDS = {{"sgd": torch.optim.SGD, "adam": torch.optim.Adam}}\n'
        'optimizer = KINDS["adam"](net.parameters(), lr=0.02, betas=(0.8, 0.99))\n',
    )
    yield Script(
        "partial",
        "import functools\n\nimport torch\n\n" + net + "make = functools.partial(torch.optim.SGD, "
        "lr=0.1, momentum=0.9)\noptimizer = make(net.parameters(), weight_decay=0.01)\n",
    )
    yield Script(
        "default argument",
        f"{HEAD}def build(parameters, kind=torch.optim.RMSprop, lr=0.01):\n"
        "    return kind(parameters, lr=lr, eps=1e-8)\n\n\noptimizer = build(net.parameters())\n",
    )
    yield Script(
        "subclass",
        f"{HEAD}class Mine(torch.optim.AdamW):\n"
        "    def __init__(self, parameters, lr=0.02):\n"
        "        super().__init__(parameters, lr=lr)\n\n\noptimizer = Mine(net.parameters())\n",
    )
    yield Script(
        "keywords in a dict",
        f'{HEAD}options = dict(lr=0.02, betas=(0.8, 0.99))\noptions["weight_decay"] = 0.1\n'
        "optimizer = torch.optim.Adam(net.parameters(), **options)\n",
    )
    yield Script(
        "dict that is changed",
        f'{HEAD}options = {{"betas": (0.8, 0.99)}}\noptions.update(lr=0.02)\n'
        'options["weight_decay"] = 0.1\n'
        "optimizer = torch.optim.Adam(net.parameters(), **options)\n",
    )
    yield Script(
        "one name in two functions",
        f"{HEAD}def unused(options):\n    return options\n\n\ndef build():\n"
        '    options = {"lr": 0.02, "betas": (0.8, 0.99)}\n'
        "    return torch.optim.NAdam(net.parameters(), **options)\n\n\noptimizer = build()\n",
    )
    yield Script(
        "groups that are appended",
        f"{HEAD}groups = []\nfor part in (net.body, net.head):\n"
        '    groups.append({"params": part.parameters(), "lr": 0.02})\n'
        'groups[0]["betas"] = (0.8, 0.99)\noptimizer = torch.optim.AdamW(groups, lr=0.1)\n',
    )
    yield Script(
        "group in a name",
        f'{HEAD}body = dict(params=net.body.parameters())\nbody["lr"] = 0.02\n'
        "head = dict(params=net.head.parameters())\n"
        "optimizer = torch.optim.Adam([body, head], lr=0.1)\n",
    )
    yield Script(
        "one of two classes",
        f"{HEAD}fancy = bool(net)\nkind = torch.optim.AdamW if fancy else torch.optim.Adam\n"
        "optimizer = kind(net.parameters(), lr=0.02, betas=(0.8, 0.99))\n",
    )
    yield Script(
        "one of a registry",
        f'{HEAD}import os\n\nKINDS = {{"a": torch.optim.Adam, "s": torch.optim.SGD}}\n'
        'optimizer = KINDS[os.environ.get("KIND", "s")](net.parameters(), lr=0.02)\n',
    )
    yield Script(
        "class of a branch",
        f"{HEAD}if net:\n    kind = torch.optim.Adagrad\nelse:\n    kind = torch.optim.NAdam\n"
        "optimizer = kind(net.parameters(), lr=0.02, eps=1e-8)\n",
    )
    yield Script(
        "function",
        f"{HEAD}def build(module, lr):\n    return torch.optim.NAdam(module.parameters(), lr)\n\n\n"
        "optimizer = build(net, 0.01)\n",
    )
    yield Script(
        "method",
        f"{HEAD}class Trainer:\n    def __init__(self, module):\n        self.lr = 0.1\n"
        "        self.optimizer = torch.optim.SGD(\n            module.parameters(),\n"
        "            lr=self.lr,  # the base rate\n            momentum=0.9,\n"
        "            nesterov=True,\n        )\n\n\noptimizer = Trainer(net).optimizer\n",
    )
    yield Script(
        "either",
        f"{HEAD}fancy = False\nif fancy:\n    optimizer = torch.optim.AdamW(net.parameters())\n"
        "else:\n    optimizer = torch.optim.Adamax(net.parameters(), 0.02)\n",
    )
    yield Script(
        "positional",
        f"{HEAD}optimizer = torch.optim.Adam(net.parameters(), 0.02, (0.8, 0.99), 1e-3, 0.1)\n",
    )
    yield Script("int rate", f"{HEAD}optimizer = torch.optim.Adadelta(net.parameters(), lr=1)\n")
    yield Script(
        "scheduler",
        f"{HEAD}optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\n"
        "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)\n",
    )
    yield Script(
        "warm-up and cosine",
        f"{HEAD}optimizer = torch.optim.AdamW(net.parameters(), lr=0.02)\n"
        "warmup = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=5)\n"
        "cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=45)\n"
        "scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, cosine], [5])\n",
    )


_LOOPS = {
    "zero_grad": ("", "optimizer.zero_grad(set_to_none=True)"),
    "rate set": (
        "",
        "if number == 20:\n    for group in optimizer.param_groups:\n        group['lr'] = 0.02",
    ),
    "rate multiplied": (
        "",
        "if number % 10 == 9:\n    for group in optimizer.param_groups:\n"
        "        group['lr'] *= 0.5  # down",
    ),
    "rate from rate": (
        "",
        "for group in optimizer.param_groups:\n    group['lr'] = group['lr'] * 0.97",
    ),
    "rate by hand": ("", "optimizer.param_groups[0]['lr'] = 0.1 / (1 + number)"),
    "int rate": ("", "if number == 48:\n    optimizer.param_groups[0]['lr'] = 1"),
    "rate shown": ("", "print(f\"{optimizer.param_groups[0]['lr']:.3f}\")"),
    "rates in a list": ("", "print([group['lr'] for group in optimizer.param_groups])"),
    "momentum": ("", "if number == 25:\n    optimizer.param_groups[0]['momentum'] = 0.5"),
    "last rate": (
        "scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)\n",
        "print('%.3f' % scheduler.get_last_lr()[0], scheduler.base_lrs)",
    ),
    "rate set beside a scheduler": (
        "scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)\n",
        "if number == 20:\n    optimizer.param_groups[0]['lr'] = 0.02",
    ),
    "state": (
        "",
        "if number == 20:\n    optimizer.load_state_dict(optimizer.state_dict())",
    ),
}
"""What is done with an optimizer after each step, by name: what is made before, and the lines."""


def _loops() -> Iterator[Script]:
    for name, (before, body) in _LOOPS.items():
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        yield Script(
            f"loop: {name}",
            f"{HEAD}optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\n{before}"
            f"\n\ndef after_step(number):\n{lines}",
        )
