"""Means over runs, with confidence intervals."""

import math
from collections.abc import Iterable

import numpy as np

from course.intervals import bootstrap, difference, share

BOUNDED = {"length", "mistakes"}  # metrics near a limit, which Student's interval would exceed


def rounded(value: float) -> float:
    """Six significant digits: enough for every page; processors differ only in the last."""
    return float(f"{value:.6g}") if abs(value) > 1e-12 else 0.0


def mean_and_interval(values: list, is_bounded: bool = False) -> dict:
    """Mean and 95 % interval of a quantity over seeds: Wilson's for truth values, else Student's or the bootstrap's.

    values : list       a number or a truth value for each seed; None, where a run has no value, is left out
    is_bounded : bool   whether the values lie near a limit: the bootstrap's interval stays within their range

    Returns n, mean, low, high; None where there are too few values.
    A share of 0 or 1 has no spread, so that the t interval would have width 0; Wilson's (1927) has not.
    """
    values = [value for value in values if value is not None]
    n = len(values)
    if n == 0:
        return {"n": 0, "mean": None, "low": None, "high": None}
    mean = float(np.mean(values))
    if all(isinstance(value, bool) for value in values):
        _, low, high = share(values)
        return {"n": n, "mean": rounded(mean), "low": rounded(low), "high": rounded(high)}
    if n == 1:
        return {"n": 1, "mean": rounded(mean), "low": None, "high": None}
    _, low, high = bootstrap(values) if is_bounded else difference(values, np.zeros(n))
    return {"n": n, "mean": rounded(mean), "low": rounded(low), "high": rounded(high)}


def group_key(run: dict, by: Iterable[str]) -> str:
    """The group of a run: its values of the fields `by`, such as `memory/lstm`."""
    return "/".join(str(run[field]) for field in by)


def summarise(runs: list[dict], by: list[str], metrics: list[str], pairs: dict | None = None) -> dict:
    """Group → metric → `mean_and_interval`, and the same for paired differences and ratios.

    runs : list      a dict for each run
    by : list        the fields whose values define a group
    metrics : list   fields to average
    pairs : dict     optional: `field` and `baseline`, then `differences` and `ratios`, lists of metrics. Every other
                     value v of the field is compared with the baseline, seed by seed, under the name `v-baseline`;
                     a ratio is averaged as a logarithm
    """
    groups = {}
    for run in runs:
        groups.setdefault(group_key(run, by), []).append(run)
    summary = {
        key: {m: mean_and_interval([run[m] for run in group], m in BOUNDED) for m in metrics}
        for key, group in groups.items()
    }
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
            entry[metric] = mean_and_interval([float(run[metric]) - float(first[metric]) for run, first in both])
        for metric in pairs.get("ratios", []):
            logarithm = mean_and_interval([math.log(run[metric] / first[metric]) for run, first in both])
            entry[f"{metric}_ratio"] = {
                k: v if k == "n" or v is None else rounded(math.exp(v)) for k, v in logarithm.items()
            }
    return summary


def by_best_rate(summary: dict, metric: str, highest: bool = True) -> dict:
    """Of groups whose last field is a learning rate, the one with the best mean of a metric.

    summary : dict   what `summarise` returned; its keys end in the rate, such as `lstm/0.01`
    metric : str     the quantity that chooses
    highest : bool   whether more of it is better

    Returns name without the rate → the group's figures, with its rate as `rate`; of equal means the first counts
    """
    best = {}
    for key, figures in summary.items():
        name, _, rate = key.rpartition("/")
        sign = 1 if highest else -1
        if name not in best or sign * figures[metric]["mean"] > sign * best[name][metric]["mean"]:
            best[name] = figures | {"rate": float(rate)}
    return best
