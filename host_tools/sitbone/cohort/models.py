"""The mixed models: statsmodels does the mathematics. Each takes rows as a `pyarrow.Table` and gives estimates with
their 95 % intervals; what can't be estimated is None."""

from __future__ import annotations

import warnings
from typing import Any

WEEKS = 4  # slopes are given per four weeks
LEVEL = 0.05
STEP_MIN = 10.0  # doses are given per ten minutes
LEAST_PEOPLE, LEAST_WEEKS = 10, 3
Estimate = dict[str, Any]


def dose_and_pain(pairs: Any) -> Estimate | None:
    """The next morning's pain by the day's dose: within a person, in points per ten more minutes.

    ``pairs``: participant, dose_s, pain (hundredths). Random intercept by person; each person's usual dose is a term of
    its own, so that what tells people apart isn't taken for what a day does. An association, not an effect.
    """
    frame = pairs.to_pandas()
    if frame["participant"].nunique() < LEAST_PEOPLE:
        return None
    frame["dose"] = frame["dose_s"] / 60 / STEP_MIN
    frame["usual"] = frame.groupby("participant")["dose"].transform("mean")
    frame["more"] = frame["dose"] - frame["usual"]
    frame["points"] = frame["pain"] / 100
    return _fit("points ~ more + usual", frame, "more", None)


def slopes_apart(weeks: Any, arms: list[str], scale: int) -> Estimate | None:
    """How much faster a weekly value rises in the second arm than in the first, per four weeks.

    ``weeks``: participant, arm, week, value (divided by ``scale``). As the arms were drawn by lot they begin alike: one
    intercept, a slope by arm, and a random intercept and slope by person.
    """
    frame = weeks.to_pandas()
    frame = frame[frame["arm"].isin(arms)]
    if len(arms) != 2 or frame["week"].nunique() < LEAST_WEEKS:
        return None
    if frame.groupby("arm")["participant"].nunique().min() < LEAST_PEOPLE / 2:
        return None
    frame["time"] = frame["week"] / WEEKS
    frame["apart"] = frame["time"] * (frame["arm"] == arms[1])
    frame["y"] = frame["value"] / scale
    return _fit("y ~ time + apart", frame, "apart", "~time")


def claims(p_values: dict[str, float]) -> dict[str, bool]:
    """Which of several estimates differ from nothing, with one in twenty studies wrong over all of them (Holm)."""
    from statsmodels.stats.multitest import multipletests

    if not p_values:
        return {}
    rejected, *_ = multipletests(list(p_values.values()), alpha=LEVEL, method="holm")
    return dict(zip(p_values, map(bool, rejected), strict=True))


def mean_interval(people: int, total: int, squares: int, scale: int, most: float) -> dict[str, float]:
    """Mean over people with its 95 % interval (t), from the sums of the values and of their squares; the interval ends
    where values do, at 0 and ``most``."""
    from scipy.stats import t

    mean = total / people
    variance = max(0.0, (squares - total * total / people) / (people - 1)) if people > 1 else 0.0
    half = float(t.ppf(1 - LEVEL / 2, people - 1)) * (variance / people) ** 0.5 if people > 1 else 0.0
    values = {"mean": mean, "low": max(0.0, mean - half), "high": min(most * scale, mean + half)}
    return {name: round(value / scale, 3) for name, value in values.items()}


def _fit(formula: str, frame: Any, term: str, random: str | None) -> Estimate | None:
    """One mixed model by restricted likelihood; the term's estimate with an interval by t over the people."""
    import numpy as np
    import statsmodels.formula.api as smf
    from scipy.stats import t

    model = smf.mixedlm(formula, frame, groups=frame["participant"], re_formula=random)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on the edge of what the data tell: the estimate says so by its interval
        try:
            fitted = model.fit(reml=True, method=["lbfgs", "powell"])
        except (np.linalg.LinAlgError, ValueError):
            return None
    estimate, error = float(fitted.params[term]), float(fitted.bse[term])
    if not np.isfinite(error) or error == 0:
        return None
    people = int(frame["participant"].nunique())
    half = float(t.ppf(1 - LEVEL / 2, people - 2)) * error
    return {
        "estimate": round(estimate, 4),
        "low": round(estimate - half, 4),
        "high": round(estimate + half, 4),
        "p": round(float(2 * t.sf(abs(estimate / error), people - 2)), 6),
        "people": people,
        "rows": len(frame),
        "converged": bool(fitted.converged),
    }
