"""Two networks, two optimizers, one helper that makes both."""

import torch
from torch import nn, optim


def adversaries(generator: nn.Module, critic: nn.Module, lr: float, beta1: float = 0.0):
    betas = (beta1, 0.9)
    return (
        optim.Adam(generator.parameters(), lr=lr, betas=betas),  # OPT104?
        optim.Adam(critic.parameters(), lr=lr, betas=(0.5, 0.9)),
    )


def train(generator: nn.Module, critic: nn.Module, steps: int = 1000) -> None:
    generator_optimizer, critic_optimizer = adversaries(generator, critic, lr=1e-4)
    for _ in range(steps):
        noise = torch.randn(16, 64)
        critic_optimizer.zero_grad()
        critic(generator(noise).detach()).mean().backward()
        critic_optimizer.step()
        generator_optimizer.zero_grad()
        (-critic(generator(noise)).mean()).backward()
        generator_optimizer.step()
