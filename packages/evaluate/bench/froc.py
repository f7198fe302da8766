"""LUNA16's official score in NumPy, rule by rule as the challenge states them: the rival of bench/froc.ts.

    python froc.py SCANS.json RESAMPLES

SCANS.json is [{"nodules": [[x, y, z, diameter]], "excluded": [...], "marks": [[x, y, z, probability]]}]. Prints as
JSON what it found and how long that took, reading and writing left out.
"""

import json
import sys
import time

import numpy as np

RATES = np.array([0.125, 0.25, 0.5, 1, 2, 4, 8])
# 1/8 … 8 false positives per scan, 16 an octave
GRID = 2.0 ** (np.arange(97) / 16 - 3)


def cap(marks, maximum):
    if len(marks) <= maximum:
        return marks
    limit = np.sort(marks[:, 3])[::-1][maximum]
    return marks[marks[:, 3] > limit]


def inside(marks, sphere):
    diameter = 10.0 if sphere[3] < 0 else sphere[3]
    return ((marks[:, :3] - sphere[:3]) ** 2).sum(axis=1) < (diameter / 2) ** 2


def match(marks, nodules, excluded, counts):
    """One scan's rows (is nodule, probability, is miss), nodules first."""
    rows = []
    left = np.ones(len(marks), bool)
    for nodule in nodules:
        hit = inside(marks, nodule)
        left &= ~hit
        if hit.any():
            rows.append((1.0, marks[hit, 3].max(), 0.0))
            counts["truePositives"] += 1
            counts["doubleDetections"] += int(hit.sum()) - 1
        else:
            rows.append((1.0, -1e9, 1.0))
            counts["falseNegatives"] += 1
    for finding in excluded:
        hit = inside(marks, finding) & left
        counts["ignoredOnExcluded"] += int(hit.sum())
        left &= ~hit
    rows += [(0.0, probability, 0.0) for probability in marks[left, 3]]
    counts["falsePositives"] += int(left.sum())
    return np.array(rows).reshape(-1, 3)


def curve(rows, scans):
    """False positives per scan, sensitivity and threshold, with the points that roc_curve of scikit-learn keeps."""
    kept = rows[rows[:, 2] == 0]
    if len(kept) == 0:
        return np.zeros(1), np.zeros(1), np.ones(1)
    order = np.argsort(-kept[:, 1], kind="stable")
    is_nodule, probability = kept[order, 0], kept[order, 1]
    ends = np.append(np.flatnonzero(np.diff(probability)), len(probability) - 1)
    found = np.cumsum(is_nodule)[ends]
    wrong = 1 + ends - found
    corners = np.ones(len(ends), bool)
    corners[1:-1] = (np.diff(wrong, 2) != 0) | (np.diff(found, 2) != 0)
    return (
        np.append(0, wrong[corners]) / scans,
        np.append(0, found[corners]) / rows[:, 0].sum(),
        np.append(probability[0] + 1, probability[ends][corners]),
    )


def score(scans, maximum=100):
    counts = dict.fromkeys(
        ["truePositives", "falsePositives", "falseNegatives", "ignoredOnExcluded", "doubleDetections", "candidates"], 0
    )
    per_scan = []
    for scan in scans:
        marks = cap(scan["marks"], maximum)
        counts["candidates"] += len(marks)
        per_scan.append(match(marks, scan["nodules"], scan["excluded"], counts))
    return counts, per_scan, curve(np.concatenate(per_scan), len(scans))


def bootstrap(per_scan, resamples, seed=1):
    """Mean, lower and upper bound of the sensitivity over GRID, 95 %."""
    random = np.random.default_rng(seed)
    scans = len(per_scan)
    sensitivity = np.empty((resamples, len(GRID)))
    for resample in range(resamples):
        drawn = random.integers(scans, size=scans)
        rate, found, _ = curve(np.concatenate([per_scan[scan] for scan in drawn]), scans)
        sensitivity[resample] = np.interp(GRID, rate, found)
    lower, upper = np.quantile(sensitivity, [0.025, 0.975], axis=0)
    return sensitivity.mean(axis=0), lower, upper


def read_scans(file):
    with open(file, encoding="utf-8") as text:
        return [
            {key: np.array(rows, float).reshape(-1, 4) for key, rows in scan.items()} for scan in json.load(text)
        ]


if __name__ == "__main__":
    scans = read_scans(sys.argv[1])
    start = time.perf_counter()
    counts, per_scan, points = score(scans)
    scored = time.perf_counter()
    mean, lower, upper = bootstrap(per_scan, int(sys.argv[2]))
    done = time.perf_counter()
    print(
        json.dumps(
            {
                "scoreMs": (scored - start) * 1000,
                "bootstrapMs": (done - scored) * 1000,
                "counts": counts,
                "falsePositivesPerScan": points[0].tolist(),
                "sensitivity": points[1].tolist(),
                "threshold": points[2].tolist(),
                "sensitivityAt": np.interp(RATES, points[0], points[1]).tolist(),
                "band": [mean.tolist(), lower.tolist(), upper.tolist()],
            }
        )
    )
