"""A configuration in a dataclass."""

from dataclasses import dataclass, field

import torch


@dataclass
class Config:
    rate: float = 3e-4
    betas: tuple = (0.9, 0.95)
    upwards: bool = True
    layers: list = field(default_factory=list)


class Trainer:
    def __init__(self, model: torch.nn.Module, config: Config) -> None:
        self.model = model
        self.config = config
        self.optimizer = torch.optim.Adam(
            model.parameters(),
            lr=config.rate,
            betas=config.betas,
            maximize=config.upwards,  # OPT102?
        )
