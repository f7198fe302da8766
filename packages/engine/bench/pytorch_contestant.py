"""PyTorch as a contestant of bench:engines: the reference U-Net, its loss and Adam, or a matrix product.

Arguments: eager, channels-last, compiled, cuda (eager, on the GPU) or sgemm, then kind, filters, batch, size, folder of the work's files, threads.
Prints a line of JSON when ready, and one with the times of some runs in ms for each line on stdin.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import avg_pool2d

MILLISECONDS_A_GO = 400
STEPS_BEFORE = 8
SGEMM_SIDE = 2048

variant, kind = sys.argv[1:3]
filters, batch, size = map(int, sys.argv[3:6])
folder, threads = Path(sys.argv[6]), int(sys.argv[7])
torch.set_num_threads(threads)
device = torch.device("cuda" if variant == "cuda" else "cpu")


class Block(nn.Sequential):
    def __init__(self, inputs: int, outputs: int):
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(outputs)]
        super().__init__(*layers)


class Unet(nn.Module):
    """The reference network; its parameters are in the order of its layers."""

    def __init__(self, n: int):
        super().__init__()
        self.norm = nn.BatchNorm2d(7)
        self.first, self.second, self.third = Block(7, n), Block(n, 2 * n), Block(2 * n, 4 * n)
        self.rise2, self.up2 = nn.ConvTranspose2d(4 * n, 2 * n, 2, 2), Block(4 * n, 2 * n)
        self.rise1, self.up1 = nn.ConvTranspose2d(2 * n, n, 2, 2), Block(2 * n, n)
        self.head = nn.Conv2d(n, 1, 1)

    def forward(self, x):
        first = self.first(self.norm(x))
        second = self.second(avg_pool2d(first, 2))
        third = self.third(avg_pool2d(second, 2))
        x = self.up2(torch.cat([self.rise2(third), second], 1))
        x = self.up1(torch.cat([self.rise1(x), first], 1))
        return torch.sigmoid(self.head(x))


def floats(name: str) -> np.ndarray:
    return np.fromfile(folder / f"{name}.f32", np.float32)


def set_weights(model: nn.Module, values: np.ndarray) -> int:
    """Takes TensorFlow.js's weights: kernels are [h, w, in, out], transposed ones [h, w, out, in]."""
    at = 0
    with torch.no_grad():
        for parameter in model.parameters():
            part = torch.from_numpy(values[at : at + parameter.numel()])
            if parameter.ndim == 4:
                outer, inner, height, width = parameter.shape
                part = part.reshape(height, width, inner, outer).permute(3, 2, 0, 1)
            parameter.copy_(part)
            at += parameter.numel()
    assert at == len(values), f"the file has {len(values)} weights, the network {at}"
    return at


def dice(p, y):
    both = (p * y).sum((1, 2, 3))
    return 1 - (2 * both + 1) / (p.sum((1, 2, 3)) + y.sum((1, 2, 3)) + 1)


def make_network():
    """The work as a function that gives a number, and the count of weights."""
    model = Unet(filters)
    weights = set_weights(model, floats("weights"))
    images = torch.from_numpy(floats("images").reshape(batch, size, size, 7)).permute(0, 3, 1, 2).contiguous()
    labels = torch.from_numpy(floats("labels").reshape(batch, 1, size, size))
    if variant == "channels-last":
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    model, images, labels = model.to(device), images.to(device), labels.to(device)
    # TensorFlow.js's epsilon.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)

    def loss_of(x, y):
        p = model(x)
        return (dice(p, y) + 8 * dice(p * y, y)).mean()

    if kind == "slice":
        model.eval()
    work = loss_of if kind == "step" else model
    if variant == "compiled":
        work = torch.compile(work, dynamic=False)

    def step() -> float:
        optimizer.zero_grad()
        loss = work(images, labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict() -> float:
        with torch.inference_mode():
            return work(images).mean().item()

    return (step if kind == "step" else predict), weights


def make_sgemm():
    """The faster of two ways to multiply matrices: MKL's, and as a 1×1 convolution oneDNN's, which uses AVX-512 on AMD too."""
    n = SGEMM_SIDE
    a, b, out = (torch.rand(n, n) for _ in range(3))
    pixels = torch.rand(1, n, 32, n // 32).to(memory_format=torch.channels_last)
    kernel = torch.rand(n, n, 1, 1)
    ways = {
        "matrix product by MKL": lambda: torch.mm(a, b, out=out),
        "matrix product by oneDNN": lambda: torch.nn.functional.conv2d(pixels, kernel),
    }
    best = {name: min(seconds_of(way) for _ in range(STEPS_BEFORE)) for name, way in ways.items()}
    name = min(best, key=best.get)
    return name, ways[name]


def seconds_of(way) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def tell(answer) -> None:
    print(json.dumps(answer), flush=True)


torch_name = f"PyTorch {torch.__version__.split('+')[0]}"
ready = {"threads": torch.get_num_threads(), "gpu": device.type == "cuda"}
if variant == "sgemm":
    name, run = make_sgemm()
    ready |= {"what": f"{torch_name} {name}"}
else:
    run, weights = make_network()
    values = [run() for _ in range(STEPS_BEFORE)]
    on = f", {torch.cuda.get_device_name()}" if device.type == "cuda" else ""
    ready |= {"what": f"{torch_name} {variant}{on}", "weights": weights, "first": values[0], "last": values[-1]}
tell(ready)
for _ in sys.stdin:
    run()
    times = []
    until = time.perf_counter() + MILLISECONDS_A_GO / 1000
    while not times or time.perf_counter() < until:
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    tell(times)
