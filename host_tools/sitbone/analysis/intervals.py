"""Shares and means with their 95 % intervals."""

from __future__ import annotations

from typing import Any

import numpy as np


def share(hits: list[bool]) -> dict[str, float]:
    """A share with its Wilson interval; nothing is known about an empty group."""
    if not hits:
        return {"share": 0.0, "low": 0.0, "high": 1.0}
    n, p, z = len(hits), sum(hits) / len(hits), 1.96
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return {"share": round(p, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def mean(values: np.ndarray[Any, Any]) -> dict[str, float]:
    """A mean with the interval of 2,000 resamplings."""
    picks = np.random.default_rng(1).integers(0, len(values), (2000, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return {"mean": round(float(values.mean()), 3), "low": round(float(low), 3), "high": round(float(high), 3)}
