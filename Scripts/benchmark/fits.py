"""How a figure grows: the exponent of a power law through the larger points of a series."""
import math
import statistics

# Times of single runs differ by some percent: so much is allowed to a slope.
FLAT, LINEAR = 0.15, 1.2
# What grows by less than this over a whole series is flat.
NOTICEABLE = 1.25
# What a point must be above the smallest one, lest the difference be noise.
CLEAR = 1.5


def exponent(points):
    """The slope of log y over log x by least squares; None for fewer than two points."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (statistics.fmean(values) for values in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def growth(points):
    """(exponent, word) of a series [(x, y)].

    A process takes time and memory before it does anything. So the exponent is that of what comes on top of the smallest point, and only the
    three largest points count.
    """
    points = sorted(points)
    if len(points) < 2:
        return None, "one point"
    values = [y for _, y in points]
    if max(values) <= NOTICEABLE * min(values):
        return exponent(points), "flat"
    base = points[0][1]
    more = [(x, y - base) for x, y in points if y > CLEAR * base]
    slope = exponent(more[-3:])
    if slope is None:
        # Only the last point stands out: how it grew to there is not known.
        slope = exponent(points[-2:])
    if slope <= FLAT:
        return slope, "flat"
    if slope < 0.85:
        return slope, "less than linear"
    return slope, "linear" if slope <= LINEAR else "MORE THAN LINEAR"
