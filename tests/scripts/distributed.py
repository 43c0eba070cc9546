"""An optimizer's class handed to a wrapper, with its arguments."""

import torch.distributed as dist
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel
from torch.optim import ASGD


def worker(rank: int, model) -> None:
    dist.init_process_group("gloo", rank=rank, world_size=2)
    parallel = DistributedDataParallel(model)
    optimizer = ZeroRedundancyOptimizer(  # OPT301
        parallel.parameters(),
        optimizer_class=ASGD,
        lr=0.01,
    )
    optimizer.step()
