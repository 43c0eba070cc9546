"""Records the gradients that the replay hands to every optimizer: ``conformance/gradients.npz``.

Run once, in an environment with torch and numpy: ``python -m conformance.network OUT.npz``. A small
network of the CLIP kind learns to pair captions with pictures, and to go on with the captions: word
and position embeddings, two attention blocks with layer norms, a convolution with batch norm, a
temperature that is a 0-d parameter, and a branch that only every fifth batch goes through. Loss:
mean cross entropies; gradients are clipped to a norm of 1, and AdamW follows a warm-up.

What is kept is a corner of each of some parameters: its values at the start, and its gradients in
each of 200 steps as float16, scaled by a power of two to use their range. No gradient is a NaN.
"""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import Any, Final

np: Any = importlib.import_module("numpy")
torch: Any = importlib.import_module("torch")
nn: Any = torch.nn
functional: Any = torch.nn.functional

STEPS: Final = 200
WIDTH: Final = 128
WORDS: Final = 1000
LENGTH: Final = 48
BATCH: Final = 24
KINDS: Final = 8
BRANCH_EVERY: Final = 5

#: What is kept: name -> parameter, and how many rows, columns, ... of it. No bias of attention's
#: keys: its gradient is zero but for rounding.
KEPT: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "embedding": ("words.weight", (12, 4)),
    "positions": ("positions.weight", (4, 4)),
    "attention": ("blocks.0.attention.in_proj_weight", (8, 6)),
    "attention-out": ("blocks.1.attention.out_proj.weight", (6, 4)),
    "mlp": ("blocks.0.mlp.0.weight", (6, 4)),
    "mlp-bias": ("blocks.0.mlp.0.bias", (12,)),
    "norm": ("blocks.1.norm.weight", (12,)),
    "norm-bias": ("blocks.1.norm.bias", (12,)),
    "convolution": ("eye.0.weight", (4, 2, 3, 3)),
    "batch-norm": ("eye.1.weight", (8,)),
    "head": ("head.weight", (6, 4)),
    "branch": ("branch.weight", (4, 4)),
    "scalar": ("temperature", ()),
}


class Block(nn.Module):  # type: ignore[misc]
    """Pre-norm attention and a perceptron."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, 4, batch_first=True)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )

    def forward(self, x: Any, mask: Any) -> Any:
        """Attend to what came before, then think."""
        seen = self.norm(x)
        x = x + self.attention(seen, seen, seen, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Network(nn.Module):  # type: ignore[misc]
    """Captions and pictures in one space."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.positions = nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.ModuleList([Block(), Block()])
        self.head = nn.Linear(WIDTH, WORDS, bias=False)
        self.eye = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(512, WIDTH),
        )
        self.branch = nn.Linear(WIDTH, WIDTH)
        self.temperature = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        for table in (self.words, self.positions):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, captions: Any, pictures: Any, branching: bool) -> Any:
        """The loss of a batch."""
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
        x = self.words(captions) + self.positions(torch.arange(LENGTH))
        for block in self.blocks:
            x = block(x, mask)
        if branching:
            x = x + self.branch(x)
        guesses = self.head(x[:, :-1]).flatten(0, 1)
        going_on = functional.cross_entropy(guesses, captions[:, 1:].flatten())
        texts = functional.normalize(x.mean(1), dim=-1)
        images = functional.normalize(self.eye(pictures), dim=-1)
        scores = self.temperature.exp() * texts @ images.T
        pairs = torch.arange(len(captions))
        pairing = functional.cross_entropy(scores, pairs) + functional.cross_entropy(
            scores.T, pairs
        )
        return going_on + pairing / 10


def _batch(random: Any, prototypes: Any) -> tuple[Any, Any]:
    """Captions whose words follow Zipf's law and hang on the kind, and noisy pictures of it."""
    kinds = random.randint(0, KINDS, BATCH)
    ranks = np.minimum(random.zipf(1.3, (BATCH, LENGTH)) - 1, WORDS - 1)
    captions = (ranks + 3 * kinds[:, None] * (ranks % 4 == 1)) % WORDS
    pictures = prototypes[kinds] + random.randn(BATCH, 3, 12, 12)
    return torch.from_numpy(captions), torch.from_numpy(pictures.astype(np.float32))


def _corner(value: Any, shape: tuple[int, ...]) -> Any:
    array = value.detach().numpy()
    if shape and len(array) == WORDS:
        # Of words, ever rarer ones: the first, the second, the fourth, ...
        array = array[[int(1.7**power) for power in range(shape[0])]]
    return array[tuple(slice(size) for size in shape)].copy()


def record() -> dict[str, Any]:
    """Train the network; returns the arrays of the file, three for each parameter kept.

    NAME.start (float32), NAME.gradients (steps x shape, float16, NaN for none), NAME.scale (what
    these have to be multiplied by).
    """
    torch.manual_seed(0)
    torch.set_num_threads(1)
    random = np.random.RandomState(0)
    prototypes = random.randn(KINDS, 3, 12, 12)
    network = Network()
    parameters = dict(network.named_parameters())
    kept = {name: (parameters[path], shape) for name, (path, shape) in KEPT.items()}
    start = {name: _corner(one, shape) for name, (one, shape) in kept.items()}
    seen: dict[str, list[Any]] = {name: [] for name in kept}
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = 1e-3 * min(1.0, (step + 1) / 20)
        optimizer.zero_grad()
        loss = network(*_batch(random, prototypes), step % BRANCH_EVERY == 0)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for name, (one, shape) in kept.items():
            none = np.full(shape, np.nan)
            seen[name].append(none if one.grad is None else _corner(one.grad, shape))
        optimizer.step()
        if step % 20 == 0 or step == STEPS - 1:
            print(f"step {step}: loss {float(loss):.3f}", file=sys.stderr)
    found = {}
    for name, gradients in seen.items():
        stacked = np.stack(gradients)
        scale = 2.0 ** math.floor(math.log2(np.nanmax(np.abs(stacked)) / 2**14))
        found[f"{name}.start"] = start[name]
        found[f"{name}.gradients"] = (stacked / scale).astype(np.float16)
        found[f"{name}.scale"] = np.float32(scale)
    return found


if __name__ == "__main__":
    np.savez_compressed(Path(sys.argv[1]), **record())
