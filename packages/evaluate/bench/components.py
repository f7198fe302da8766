"""Times SciPy on a float32 volume and prints what it took and found, as JSON.

Run:  python components.py volume.f32 z y x threshold rounds centers.f64
"""

import json
import sys
from time import perf_counter

import numpy as np
from scipy import ndimage

path, depth, height, width, threshold, rounds, centers_path = sys.argv[1:]
probability = np.fromfile(path, np.float32).reshape(int(depth), int(height), int(width))
structure = np.ones((3, 3, 3))

times = []
for _ in range(int(rounds)):
    start = perf_counter()
    labels, count = ndimage.label(probability > float(threshold), structure)
    labelled = perf_counter()
    centers = ndimage.center_of_mass(probability, labels, np.arange(1, count + 1))
    times.append((labelled - start, perf_counter() - start))

label_s, all_s = np.median(times, axis=0)
# In the order of our candidates: the most probable first, equal ones in scan order.
peaks = ndimage.maximum(probability, labels, np.arange(1, count + 1))
np.array(centers)[np.argsort(-peaks, kind="stable"), ::-1].astype(np.float64).tofile(centers_path)
print(
    json.dumps(
        {
            "labelMs": 1000 * label_s,
            "allMs": 1000 * all_s,
            "count": count,
            "voxels": int((labels > 0).sum()),
            "version": __import__("scipy").__version__,
        }
    )
)
