"""How a figure grows: the exponent of a power law through the larger points of a series."""
import math
import statistics

# Times of single runs differ by some percent: so much is allowed to a slope.
FLAT, LINEAR = 0.15, 1.15


def exponent(points):
    """The slope of log y over log x by least squares; None for fewer than two points."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (statistics.fmean(values) for values in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def growth(points):
    """(exponent, word) of a series [(x, y)]. Only the larger points count: at small ones the start of a process outweighs the rest."""
    points = sorted(points)
    larger = points[-3:] if len(points) > 3 else points
    slope = exponent(larger)
    if slope is None:
        return None, "one point"
    # Where the whole series stays within a quarter, a slope says nothing.
    values = [y for _, y in points]
    if slope <= FLAT or max(values) <= 1.25 * min(values):
        return slope, "flat"
    if slope < 0.85:
        return slope, "less than linear"
    return slope, "linear" if slope <= LINEAR else "MORE THAN LINEAR"
