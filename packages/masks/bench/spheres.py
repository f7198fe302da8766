"""Times the straightforward mask of some spheres in NumPy: the distance of every voxel to each centre. Prints JSON.

Run:  python spheres.py '{"size": [x, y, z], "spacing": [x, y, z], "spheres": [[x, y, z, diameter]]}'
"""

import json
import sys
import time

import numpy as np

scan = json.loads(sys.argv[1])
start = time.perf_counter()
width, height, depth = scan["size"]
x, y, z = (np.arange(n) * mm for n, mm in zip(scan["size"], scan["spacing"]))
mask = np.zeros((depth, height, width), bool)
for cx, cy, cz, diameter in scan["spheres"]:
    squared = (z[:, None, None] - cz) ** 2 + (y[None, :, None] - cy) ** 2 + (x - cx) ** 2
    mask |= squared <= (diameter / 2) ** 2
ms = 1000 * (time.perf_counter() - start)
print(json.dumps({"ms": ms, "voxels": int(mask.sum())}))
