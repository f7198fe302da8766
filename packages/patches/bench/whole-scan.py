"""Times how long NumPy takes to load a whole scan as the reference does: float32 HU within ±1000. Prints JSON.

Run:  python whole-scan.py scan.raw x y z
"""

import json
import sys
import time

import numpy as np

path, width, height, depth = sys.argv[1], *map(int, sys.argv[2:])
start = time.perf_counter()
scan = np.fromfile(path, np.int16).reshape(depth, height, width).astype(np.float32)
scan.clip(-1000, 1000, scan)
print(json.dumps({"ms": 1000 * (time.perf_counter() - start)}))
