"""Checks the ONNX files that a folder's cases.json names: as ONNX's checker does, and by running them.

Prints, as JSON, the largest difference from what is expected for each file, or what is wrong with it.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime


def read(folder, tensor):
    return np.fromfile(folder / tensor["file"], np.float32).reshape(tensor["shape"])


def largest_difference(folder, case):
    path = str(folder / case["model"])
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    largest = 0.0
    for run in case["runs"]:
        feeds = {name: read(folder, tensor) for name, tensor in run["inputs"].items()}
        names = list(run["outputs"])
        for name, found in zip(names, session.run(names, feeds)):
            expected = read(folder, run["outputs"][name])
            if found.shape != expected.shape:
                return f"{name} is {found.shape}, not {expected.shape}"
            largest = max(largest, float(np.abs(found - expected).max()))
    return largest


def main():
    folder = Path(sys.argv[1])
    report = {}
    for case in json.loads((folder / "cases.json").read_text()):
        try:
            report[case["model"]] = largest_difference(folder, case)
        except Exception as error:  # One bad file must not hide the others.
            report[case["model"]] = str(error)
    print(json.dumps(report))


main()
