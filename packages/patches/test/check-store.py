"""Opens a chunk store with NumPy alone and compares each chunk with its scan's voxels, which it reads by itself.

python check-store.py STORE FOLDER_WITH_SCANS
"""

import csv
import sys
import zlib
from pathlib import Path

import numpy as np

store, scans = map(Path, sys.argv[1:])
images = np.load(store / "images.npy", mmap_mode="r")
labels = np.load(store / "labels.npy", mmap_mode="r")
assert isinstance(images, np.memmap) and images.dtype == np.int16
assert isinstance(labels, np.memmap) and labels.dtype == np.uint8


def read_scan(uid):
    header = dict(line.split(" = ", 1) for line in (scans / f"{uid}.mhd").read_text().splitlines())
    data = (scans / header["ElementDataFile"]).read_bytes()
    if header.get("CompressedData") == "True":
        data = zlib.decompress(data)
    return np.frombuffer(data, "<i2").reshape([int(size) for size in header["DimSize"].split()][::-1])


same = nodules = 0
chunks = list(csv.DictReader(open(store / "index.csv", newline="")))
for chunk in chunks:
    first, count = int(chunk["firstImageSlice"]), int(chunk["labelSlices"])
    image = images[first : first + count + 6]
    label = labels[int(chunk["firstLabelSlice"]) :][:count]
    volume = read_scan(chunk["seriesuid"])
    # np.take with mode="clip" repeats the border.
    expected = volume
    for axis, name in enumerate(["startZ", "startY", "startX"]):
        expected = np.take(expected, int(chunk[name]) + np.arange(image.shape[axis]), axis, mode="clip")
    same += np.array_equal(image, expected.clip(-1000, 1000))
    nodules += chunk["kind"] == "nodule" and bool(label.any(axis=(1, 2)).all())
print(f"{len(chunks)} chunks, {same} as in their scans, {nodules} nodules labelled")
