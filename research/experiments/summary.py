"""From single runs to a mean and how far chance may have moved it."""

import math
from collections.abc import Iterable

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
Z = float(stats.norm.ppf((1 + CONFIDENCE) / 2))


def rounded(value: float) -> float:
    """Six significant digits: enough for every page, and the same on every processor but for the last."""
    return float(f"{value:.6g}") if abs(value) > 1e-12 else 0.0


def mean_of(values: list) -> dict:
    """Mean and 95 % interval of a quantity over seeds: Student's t for numbers, Wilson's for yes and no.

    values : list   a number or a truth value a seed; None where a run has none, and is left out

    Returns n, mean, low, high; None where there are too few values to say.
    A share of 0 or 1 has no spread, and t would call it certain; Wilson (1927) does not.
    """
    values = [value for value in values if value is not None]
    n = len(values)
    if n == 0:
        return {"n": 0, "mean": None, "low": None, "high": None}
    mean = float(np.mean(values))
    if all(isinstance(value, bool) for value in values):
        centre, spread = mean + Z**2 / (2 * n), Z * math.sqrt(mean * (1 - mean) / n + Z**2 / (4 * n**2))
        low, high = ((centre + sign * spread) / (1 + Z**2 / n) for sign in (-1, 1))
        return {"n": n, "mean": rounded(mean), "low": rounded(max(low, 0)), "high": rounded(min(high, 1))}
    if n == 1:
        return {"n": 1, "mean": rounded(mean), "low": None, "high": None}
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * np.std(values, ddof=1) / math.sqrt(n))
    return {"n": n, "mean": rounded(mean), "low": rounded(mean - half), "high": rounded(mean + half)}


def key_of(run: dict, by: Iterable[str]) -> str:
    """The group of a run: its values of the fields `by`, such as `memory/lstm`."""
    return "/".join(str(run[field]) for field in by)


def summarise(runs: list[dict], by: list[str], metrics: list[str], pairs: dict | None = None) -> dict:
    """Group → metric → `mean_of`, and the same for paired differences and ratios.

    runs : list      one dict a run
    by : list        the fields whose values make a group
    metrics : list   fields to average
    pairs : dict     optional: `field` and `baseline`, then `differences` and `ratios`, lists of metrics. Every other
                     value v of the field is compared with the baseline, seed by seed, under the name `v-baseline`;
                     a ratio is averaged as a logarithm
    """
    groups = {}
    for run in runs:
        groups.setdefault(key_of(run, by), []).append(run)
    summary = {key: {m: mean_of([run[m] for run in group]) for m in metrics} for key, group in groups.items()}
    if not pairs:
        return summary
    place = list(by).index(pairs["field"])
    for key, group in groups.items():
        parts = key.split("/")
        other = "/".join([*parts[:place], str(pairs["baseline"]), *parts[place + 1 :]])
        if other == key or other not in groups:
            continue
        base = {run["seed"]: run for run in groups[other]}
        both = [(run, base[run["seed"]]) for run in group if run["seed"] in base]
        parts[place] += f"-{pairs['baseline']}"
        entry = summary["/".join(parts)] = {}
        for metric in pairs.get("differences", []):
            entry[metric] = mean_of([float(run[metric]) - float(first[metric]) for run, first in both])
        for metric in pairs.get("ratios", []):
            logarithm = mean_of([math.log(run[metric] / first[metric]) for run, first in both])
            entry[f"{metric}_ratio"] = {
                k: v if k == "n" or v is None else rounded(math.exp(v)) for k, v in logarithm.items()
            }
    return summary
