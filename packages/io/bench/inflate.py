"""Times how long Python takes to read and inflate a file of int16, and prints it as JSON.

Run:  python inflate.py scan.zraw
"""

import json
import sys
import time
import zlib

import numpy as np

start = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    voxels = np.frombuffer(zlib.decompress(file.read()), np.int16)
print(json.dumps({"ms": 1000 * (time.perf_counter() - start), "voxels": len(voxels)}))
