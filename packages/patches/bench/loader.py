"""The rival of loader.ts: PyTorch's DataLoader on the same chunks, crops and augmentation, written as its users do.

Arguments: a JSON file that names the voxels and the crops, the batch size, the count of workers, the seconds of a round.
Each line "go" on stdin runs one round and prints its crops per second as a line of JSON.
"""

import json
import math
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Crops(Dataset):
    """Random crops of the chunks: an item is augmented by itself, as lunet does; see augment for what is done."""

    def __init__(self, plan, augmented):
        slices, self.rows, self.columns = plan["chunk"]
        self.context = slices // 2
        self.crop = plan["crop"]
        self.augmented = augmented
        shape = (plan["chunks"], -1, self.rows, self.columns)
        self.images = np.fromfile(plan["images"], np.int16).reshape(shape)
        self.labels = np.fromfile(plan["labels"], np.uint8).reshape(shape)

    def __len__(self):
        return 1 << 30  # A round ends by the clock.

    def __getitem__(self, index):
        chunk = index % len(self.images)
        label_slice = random.randrange(self.labels.shape[1])
        row = random.randint(0, self.rows - self.crop)
        column = random.randint(0, self.columns - self.crop)
        window = np.s_[row : row + self.crop, column : column + self.crop]
        image = self.images[chunk, label_slice : label_slice + 2 * self.context + 1][:, *window]
        label = self.labels[chunk, label_slice : label_slice + 1][:, *window]
        image = torch.from_numpy(image.astype(np.float32)).clamp(-1000, 1000)
        label = torch.from_numpy(label.astype(np.float32))
        return augment(image, label) if self.augmented else (image, label)


def augment(image, label):
    """Flip, offset 0.03, scale 0.2, rotation, noise of 25 HU: bilinear, border repeated, label from a half on."""
    transform = torch.eye(3)
    for axis in range(2):
        if random.random() > 0.5:
            transform[axis, axis] *= -1
        transform[axis, 2] = 0.03 * (2 * random.random() - 1)
        transform[axis, axis] *= 1 + 0.2 * (2 * random.random() - 1)
    angle = random.random() * 2 * math.pi
    sin, cos = math.sin(angle), math.cos(angle)
    transform = transform @ torch.tensor([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    grid = F.affine_grid(transform[None, :2], [1, *image.shape], align_corners=False)
    image = F.grid_sample(image[None], grid, padding_mode="border", align_corners=False)[0]
    label = F.grid_sample(label[None], grid, padding_mode="border", align_corners=False)[0]
    image += 25 * torch.randn_like(image)
    return image.clamp(-1000, 1000), (label > 0.5).float()


def main():
    plan_file, batch_size, workers, seconds = sys.argv[1], *map(float, sys.argv[2:])
    with open(plan_file) as file:
        plan = json.load(file)
    crops = Crops(plan, plan["augmented"])
    loader = DataLoader(crops, batch_size=int(batch_size), num_workers=int(workers))
    batches = iter(loader)
    for _ in range(20):
        next(batches)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        count = 0
        while (now := time.perf_counter()) < start + seconds:
            image, _ = next(batches)
            count += len(image)
        print(json.dumps({"cropsPerSecond": count / (now - start)}), flush=True)


if __name__ == "__main__":
    main()
