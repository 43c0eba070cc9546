"""Fake releases of the frameworks: their files, as a wheel or as installed."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

Files = Mapping[str, str]

OLD_TORCH: Files = {
    "torch/__init__.py": "raise SystemExit('a source must never be imported')",
    "torch/optim/__init__.py": """
        from .adam import Adam
        from .sgd import SGD
        from .optimizer import Optimizer
        from . import lr_scheduler
        from . import swa_utils
        del adam
    """,
    "torch/optim/optimizer.py": """
        class _RequiredParameter(object):
            pass
        required = _RequiredParameter()
        class Optimizer(object):
            def __init__(self, params, defaults): pass
            def step(self, closure): pass
            def zero_grad(self, set_to_none: bool = False): pass
            def _private(self): pass
    """,
    "torch/optim/adam.py": r"""
        import math
        from .optimizer import Optimizer
        "An invalid escape: \m"
        class Adam(Optimizer):
            def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8,
                         weight_decay=0, amsgrad=False):
                pass
    """,
    "torch/optim/sgd.py": """
        from .optimizer import Optimizer, required
        class SGD(Optimizer):
            def __init__(self, params, lr=required, momentum=0): pass
    """,
    "torch/optim/lr_scheduler.py": """
        from .optimizer import Optimizer
        class _LRScheduler(object):
            def __init__(self, optimizer, last_epoch=-1, verbose=False): pass
            def get_lr(self): pass
            def step(self, epoch=None): pass
            def print_lr(self): pass
        class _enable_get_lr_call:
            def __init__(self, o): pass
        class ConstantLR(_LRScheduler):
            def __init__(self, optimizer, factor=1.0 / 3, total_iters=5): pass
        class ReduceLROnPlateau(object):
            def __init__(self, optimizer, mode='min', threshold=1e-4): pass
    """,
    "torch/optim/swa_utils.py": """
        from torch.nn import Module
        from torch.optim.lr_scheduler import _LRScheduler
        def update_bn(loader, model, device=None): pass
        class AveragedModel(Module):
            def __init__(self, model, device=None, avg_fn=None): pass
        class SWALR(_LRScheduler):
            def __init__(self, optimizer, swa_lr): pass
    """,
}

NEW_TORCH: Files = {
    "torch/optim/__init__.py": """
        from torch.optim import lr_scheduler as lr_scheduler
        from torch.optim._muon import Muon as Muon
        from torch.optim._stateless import swap as swap
        from torch.optim.adam import Adam as Adam
        from torch.optim.adamw import AdamW as AdamW
        from torch.optim.optimizer import Optimizer as Optimizer
        Muon.__module__ = "torch.optim"
        __all__ = ["Adam", "AdamW", "lr_scheduler", "Optimizer"]
        __all__ += ["Muon"]
        __all__.extend(("swap",))
    """,
    "torch/optim/optimizer.py": """
        from typing import overload
        from collections.abc import Callable
        class Optimizer:
            def __init__(self, params, defaults) -> None: pass
            @overload
            def step(self, closure: None = None) -> None: ...
            @overload
            def step(self, closure: Callable[[], float]) -> float: ...
            def step(self, closure=None): pass
            @torch._disable_dynamo
            def zero_grad(self, set_to_none: bool = True) -> None: pass
    """,
    "torch/optim/adam.py": """
        from typing import Union
        from .optimizer import Optimizer
        def adam(params): pass
        class Helper:
            def __init__(self, x): pass
        class Adam(Optimizer):
            def __init__(self, params, lr: Union[float, Tensor] = 1e-3,
                         betas: tuple[float, float] = (0.9, 0.999), *,
                         foreach: bool | None = None, fused=None): pass
    """,
    "torch/optim/adamw.py": """
        from . import adam
        class AdamW(adam.Adam):
            def step(self): pass
    """,
    "torch/optim/_stateless.py": "def swap(optimizer): pass",
    "torch/optim/_muon.py": """
        import math
        from .optimizer import Optimizer
        EPS = 1e-7
        A, B = 1, 2
        DEFAULT_A = 3.4445
        COEFFICIENTS = (DEFAULT_A, -4.775)
        if FAST:
            class Muon(Optimizer):
                def __init__(self, params, /, lr=1e-3, ns=COEFFICIENTS, eps=EPS, top=math.inf,
                             low=A, half=1 / 2, none=1 / 0, *args, key, **kwargs): pass
        else:
            class Muon(Optimizer):
                def __init__(self): pass
    """,
    "torch/optim/lr_scheduler.py": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from collections.abc import Sequence
        __all__ = ["LRScheduler", "StepLR"]
        class LRScheduler:
            def __init__(self, optimizer, last_epoch=-1, verbose="deprecated"): pass
            def get_lr(self): pass
            def step(self, epoch=None): pass
        class _LRScheduler(LRScheduler):
            pass
        class StepLR(LRScheduler):
            def __init__(self, optimizer, step_size, gamma=0.1): pass
        class NotListed(LRScheduler):
            pass
    """,
}

PADDLE: Files = {
    "paddle/optimizer/__init__.py": """
        from . import lr  # noqa: F401
        from .adam import Adam
        from .fusion_utils import FusionStorage
        from .optimizer import Optimizer
        __all__ = ['Optimizer', 'Adam']
    """,
    "paddle/optimizer/fusion_utils.py": """
        class FusionStorage:
            def __init__(self, accumulators, dtype=paddle.float32): pass
    """,
    "paddle/optimizer/optimizer.py": """
        import paddle
        class Optimizer:
            @imperative_base.no_grad()
            def __init__(self, learning_rate: float | LRScheduler,
                         parameters: Sequence[Tensor] | None = None) -> None: pass
            @framework.dygraph_only
            def set_lr(self, value: float) -> None: pass
            @framework.non_static_only
            def clear_grad(self, set_to_zero: bool = True) -> None: pass
            clear_gradients = clear_grad
    """,
    "paddle/optimizer/adam.py": """
        from .optimizer import Optimizer
        __all__ = []
        class Adam(Optimizer):
            type: str
            def __init__(self, learning_rate=0.001, beta1=0.9, dtype=paddle.float32,
                         name: str | None = None): pass
    """,
    "paddle/optimizer/lr.py": """
        __all__ = ['LRScheduler', 'StepDecay']
        class LRScheduler:
            def __init__(self, learning_rate=0.1, last_epoch=-1, verbose=False): pass
            def __call__(self): pass
            def step(self, epoch=None): pass
        class StepDecay(LRScheduler):
            def __init__(self, learning_rate, step_size, gamma=0.1): pass
        class _Draft(LRScheduler):
            pass
    """,
}

MINDSPORE: Files = {
    "mindspore/nn/cell.py": """
        class Cell(Cell_):
            def __init__(self, auto_prefix=True): pass
            def state_dict(self): pass
    """,
    "mindspore/nn/optim/__init__.py": """
        from mindspore.nn.optim.optimizer import Optimizer
        from mindspore.nn.optim.adam import *
        from mindspore.nn.optim.adasum import AdaSumByGradWrapCell
        from mindspore.nn.optim.thor import thor
        __all__ = ['Optimizer', 'Adam', 'thor', 'AdaSumByGradWrapCell']
    """,
    "mindspore/nn/optim/optimizer.py": """
        from mindspore.nn.cell import Cell
        class Optimizer(Cell):
            def __init__(self, learning_rate, parameters, weight_decay=0.0): pass
            def construct(self, *hyper_params): pass
    """,
    "mindspore/nn/optim/adam.py": """
        from mindspore.nn.optim.optimizer import Optimizer
        from mindspore.nn.optim.optimizer import opt_init_args_register
        class Adam(Optimizer):
            @opt_init_args_register
            def __init__(self, params, learning_rate=1e-3, use_amsgrad=False, **kwargs): pass
    """,
    "mindspore/nn/optim/adasum.py": """
        from mindspore.nn.cell import Cell
        class AdaSumByGradWrapCell(Cell):
            def __init__(self, optimizer): pass
    """,
    "mindspore/nn/optim/thor.py": """
        from mindspore.nn.optim.optimizer import Optimizer
        class ThorGpu(Optimizer):
            pass
        def thor(net, learning_rate, decay_filter=lambda x: x.name not in []): pass
    """,
    "mindspore/nn/learning_rate_schedule.py": """
        from mindspore.nn.cell import Cell
        class LearningRateSchedule(Cell):
            def __init__(self): pass
        class WarmUpLR(LearningRateSchedule):
            def __init__(self, learning_rate, warmup_steps): pass
        __all__ = ['WarmUpLR']
    """,
    "mindspore/nn/dynamic_lr.py": """
        def _check_inputs(learning_rate): pass
        def warmup_lr(learning_rate, total_step, step_per_epoch, warmup_epoch): pass
        __all__ = ['warmup_lr']
    """,
    "mindspore/experimental/optim/__init__.py": """
        from mindspore.experimental.optim.optimizer import Optimizer
        from mindspore.experimental.optim.sgd import SGD
        from mindspore.experimental.optim import lr_scheduler
        __all__ = ['Optimizer', 'SGD']
    """,
    "mindspore/experimental/optim/optimizer.py": """
        from mindspore.nn.cell import Cell
        class Optimizer(Cell):
            def __init__(self, params, defaults): pass
            def add_param_group(self, param_group): pass
    """,
    "mindspore/experimental/optim/sgd.py": """
        from mindspore.experimental.optim.optimizer import Optimizer
        class SGD(Optimizer):
            def __init__(self, params, lr, momentum=0, *, maximize=False): pass
    """,
    "mindspore/experimental/optim/lr_scheduler.py": """
        from mindspore.experimental.optim.optimizer import Optimizer
        __all__ = ['LRScheduler', 'SequentialLR']
        @jit_class
        class LRScheduler:
            def __init__(self, optimizer, last_epoch=-1): pass
            def get_last_lr(self): pass
        @jit_class
        class SequentialLR:
            def __init__(self, optimizer, schedulers, milestones, last_epoch=-1): pass
    """,
    "mindspore/mint/optim/__init__.py": """
        __all__ = ['SGD']
        from mindspore.mint.optim.sgd import SGD
    """,
    "mindspore/mint/optim/sgd.py": """
        from mindspore.experimental.optim.optimizer import Optimizer
        class SGD(Optimizer):
            def __init__(self, params, lr, weight_decay=0): pass
    """,
}


def paddle_with(**defaults: str) -> Files:
    """Return paddle with an Adam of other defaults: ``paddle_with(beta1="0.8")``."""
    adam = PADDLE["paddle/optimizer/adam.py"]
    for name, value in defaults.items():
        adam = adam.replace(f"{name}=0.9", f"{name}={value}")
    return {**PADDLE, "paddle/optimizer/adam.py": adam}


def _metadata(distribution: str, version: str) -> tuple[str, str]:
    folder = f"{distribution.replace('-', '_')}-{version}.dist-info"
    return (
        f"{folder}/METADATA",
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n",
    )


def fake_wheel(folder: Path, distribution: str, version: str, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{distribution.replace('-', '_')}-{version}-cp311-cp311-linux_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(*_metadata(distribution, version))
        for name, text in files.items():
            archive.writestr(name, dedent(text))
    return path


def fake_site_packages(folder: Path, distribution: str, version: str, files: Files) -> Path:
    write_files(folder, dict([_metadata(distribution, version)]))
    write_files(folder, files)
    return folder


def write_files(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
