"""Compares losses on a synthetic task that is like ours: spheres among cylinders as bright, in noise, 7 slices thick.

PyTorch because it is quick; the formulas are those of this package. Prints pixel recall and precision at p > 0.5 on
60 images of 128×128, 42 of them empty, in the course of 300 steps of 8 positive and 8 empty 64×64 crops.

Run:  python3 -m venv V && V/bin/pip install torch==2.13.0 numpy && V/bin/python compare_losses.py [LOSS …]
"""

import math
import sys

import numpy as np
import torch
from torch import nn

STEPS, CHECKS = 300, (50, 100, 200, 300)
torch.set_num_threads(1)


def draw(rng: np.random.Generator, size: int, spheres: int) -> tuple[np.ndarray, np.ndarray]:
    """One image in HU, [7, size, size], and the label of its centre slice; 0.7 mm pixels, 1.5 mm slices."""
    heights = (np.arange(7) - 3) * 1.5 / 0.7
    grid = np.stack(np.meshgrid(heights, np.arange(size), np.arange(size), indexing="ij"), -1).astype(np.float32)
    image = np.full((7, size, size), -850, np.float32)
    label = np.zeros((size, size), np.float32)
    for _ in range(rng.poisson(6 * size**2 / 4096)):
        centre = np.array([0, *rng.uniform(0, size, 2)])
        axis = rng.normal(size=3)
        axis /= np.linalg.norm(axis)
        half = rng.uniform(8, 60)
        offset = grid - centre
        along = np.clip(offset @ axis, -half, half)
        distance = np.linalg.norm(offset - along[..., None] * axis, axis=-1)
        image = np.maximum(image, -850 + np.clip(rng.uniform(0.8, 4) - distance + 0.5, 0, 1) * rng.uniform(750, 900))
    for _ in range(spheres):
        # LUNA16's diameters: median 6.4 mm, 3.3 to 30.
        radius = np.clip(np.exp(rng.normal(np.log(6.4), 0.45)), 3.3, 30) / 2 / 0.7
        margin = min(radius + 2, size / 2 - 1)
        centre = np.array([rng.uniform(-0.8, 0.8) * radius, *rng.uniform(margin, size - margin, 2)])
        distance = np.linalg.norm(grid - centre, axis=-1)
        image = np.maximum(image, -850 + np.clip(radius - distance + 0.5, 0, 1) * rng.uniform(300, 900))
        label[distance[3] <= radius] = 1
    return np.clip(image + rng.normal(0, 60, image.shape), -1000, 1000).astype(np.float32), label


def draw_all(rng: np.random.Generator, size: int, spheres: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = zip(*(draw(rng, size, n) for n in spheres))
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(labels))[:, None]


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.ModuleList([nn.Conv2d(n, outputs, 3, padding=1) for n in (inputs, outputs)])
        self.norm = nn.ModuleList([nn.BatchNorm2d(outputs) for _ in range(2)])

    def forward(self, x):
        for conv, norm in zip(self.conv, self.norm):
            x = norm(torch.relu(conv(x)))
        return x


class Unet(nn.Module):
    """@lunet/unet's default with 8 filters and its initial weights."""

    def __init__(self, probability: float, filters: int = 8):
        super().__init__()
        n = filters
        self.norm = nn.BatchNorm2d(7)
        self.down = nn.ModuleList([Block(7, n), Block(n, 2 * n), Block(2 * n, 4 * n)])
        self.transposed = nn.ModuleList([nn.ConvTranspose2d(2 * n, n, 2, 2), nn.ConvTranspose2d(4 * n, 2 * n, 2, 2)])
        self.up = nn.ModuleList([Block(2 * n, n), Block(4 * n, 2 * n)])
        self.head = nn.Conv2d(n, 1, 1)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.head.weight, 0, 1 / math.sqrt(n))
        nn.init.constant_(self.head.bias, math.log(probability / (1 - probability)))

    def forward(self, x):
        pool = nn.functional.avg_pool2d
        fine = self.down[0](self.norm(x))
        middle = self.down[1](pool(fine, 2))
        x = self.down[2](pool(middle, 2))
        x = self.up[1](torch.cat([self.transposed[1](x), middle], 1))
        x = self.up[0](torch.cat([self.transposed[0](x), fine], 1))
        return torch.sigmoid(self.head(x))


def weighted_dice(p, y, fn: float, fp: float = 1, reduction: str = "batch", epsilon: float = 1):
    axes = (1, 2, 3) if reduction == "sample" else (0, 1, 2, 3)
    overlap = (p * y).sum(axes)
    penalty = fn * ((1 - p) * y).sum(axes) + fp * (p * (1 - y)).sum(axes)
    return (penalty / (2 * overlap + penalty + epsilon)).mean()


def cross_entropy(p, y):
    return nn.functional.binary_cross_entropy(p.clamp(1e-6, 1 - 1e-6), y)


# name: (loss, initial foreground probability)
LOSSES = {
    "batch, wFN 8": (lambda p, y: weighted_dice(p, y, 8), 0.01),
    "batch, wFN 4": (lambda p, y: weighted_dice(p, y, 4), 0.01),
    "batch, wFN 2": (lambda p, y: weighted_dice(p, y, 2), 0.01),
    "batch, wFN 8, start at 0.1": (lambda p, y: weighted_dice(p, y, 8), 0.1),
    "batch, wFN 8, start at 0.5": (lambda p, y: weighted_dice(p, y, 8), 0.5),
    "batch, wFN 8, + cross-entropy": (lambda p, y: weighted_dice(p, y, 8) + cross_entropy(p, y), 0.01),
    "sample, wFN 8": (lambda p, y: weighted_dice(p, y, 8, reduction="sample"), 0.01),
    "dlwpt": (
        lambda p, y: weighted_dice(p, y, 1, 1, "sample") + 8 * weighted_dice(p, y, 1, 0, "sample"),
        0.01,
    ),
}


def run(name: str, seed: int, training, validation) -> list[str]:
    loss_of, probability = LOSSES[name]
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Unet(probability)
    optimizer = torch.optim.Adam(model.parameters())
    images, labels = training
    report = []
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, step / 20) * (0.5 + 0.5 * math.cos(math.pi * step / STEPS))
        picked = np.concatenate([rng.choice(400, 8), 400 + rng.choice(400, 8)])
        optimizer.zero_grad()
        loss_of(model.train()(images[picked]), labels[picked]).backward()
        optimizer.step()
        if step in CHECKS:
            with torch.no_grad():
                predicted = torch.cat([model.eval()(part) for part in validation[0].split(20)]) > 0.5
            truth = validation[1] > 0.5
            hits = (predicted & truth).sum().item()
            report.append(f"{hits / truth.sum().item():.2f}/{hits / max(1, predicted.sum().item()):.2f}")
    return report


rng = np.random.default_rng(7)
training = draw_all(rng, 64, [1] * 400 + [0] * 400)
validation = draw_all(rng, 128, [1, 2] * 9 + [0] * 42)
print("recall/precision after", ", ".join(map(str, CHECKS)), "steps")
for name in sys.argv[1:] or LOSSES:
    for seed in (1, 2):
        print(f"{name:30} seed {seed}: ", "  ".join(run(name, seed, training, validation)), flush=True)
