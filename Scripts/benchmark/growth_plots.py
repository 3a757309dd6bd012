"""Lines over two logarithms: how time and memory grow."""
import math

from fits import growth
from svg import WIDTH, Drawing


def marks(low, high):
    """Round numbers within a range: powers of ten, and 2 and 5 times those where there are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 300 else (1,)
    return [step * 10.0**power for power in powers for step in steps if low * 0.999 <= step * 10.0**power <= high * 1.001]


def number(value):
    for divisor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= divisor:
            return f"{value / divisor:g}{letter}"
    return f"{value:g}"


class Axis:
    """A logarithmic scale from values to places on the drawing."""

    def __init__(self, values, start, length):
        self.low, self.high = min(values), max(values)
        if self.high < 3 * self.low:
            self.low, self.high = self.low / 2, self.high * 2
        self.start, self.length = start, length

    def __call__(self, value):
        return self.start + self.length * math.log(value / self.low) / math.log(self.high / self.low)

    def marks(self):
        return marks(self.low, self.high)


MIRROR = ": the mirror"
LEFT, RIGHT, TOP, BOTTOM = 62, 330, 68, 58


def growth_plot(path, title, unit, y_name, series, note, bound=None):
    """series: {name: [(x, y)]}; both axes logarithmic; the exponent stands behind each name. A line of the mirror is the client's, dashed."""
    series = {name: sorted((x, y) for x, y in points if x > 0 and y > 0) for name, points in series.items()}
    series = {name: points for name, points in series.items() if points}
    if not series:
        return False
    height = max(400, TOP + BOTTOM + 30 * len(series))
    x_axis = Axis([x for points in series.values() for x, _ in points], LEFT, WIDTH - LEFT - RIGHT)
    ys = [y for points in series.values() for _, y in points]
    y_axis = Axis([min(ys) / 1.2, max([*ys, bound or 0]) * 1.2], height - BOTTOM, TOP + BOTTOM - height)
    drawing = Drawing(WIDTH, height, title)
    drawing.text(20, 30, title, size=17, font_weight=600)
    drawing.text(20, 50, f"{y_name}, over {unit}; both logarithmic", cls="soft", size=12)
    for mark in y_axis.marks():
        drawing.line(LEFT, y_axis(mark), WIDTH - RIGHT, y_axis(mark), "grid")
        drawing.text(LEFT - 8, y_axis(mark) + 4, number(mark), cls="soft", size=11, anchor="end")
    for mark in x_axis.marks():
        drawing.line(x_axis(mark), TOP, x_axis(mark), height - BOTTOM, "grid")
        drawing.text(x_axis(mark), height - BOTTOM + 18, number(mark), cls="soft", size=11, anchor="middle")
    if bound:
        drawing.line(LEFT, y_axis(bound), WIDTH - RIGHT, y_axis(bound), "bound", stroke_dasharray="2 4")
    colors = {}
    for row, (name, points) in enumerate(series.items()):
        color = colors.setdefault(name.removesuffix(MIRROR), f"c{len(colors) % 8}")
        dashed = name.endswith(MIRROR)
        drawing.path([(x_axis(x), y_axis(y)) for x, y in points], color, dashed)
        for x, y in points:
            drawing.circle(x_axis(x), y_axis(y), 3, color)
        slope, word = growth(points)
        y = TOP + 14 + 30 * row
        drawing.path([(WIDTH - RIGHT + 14, y - 4), (WIDTH - RIGHT + 34, y - 4)], color, dashed)
        drawing.text(WIDTH - RIGHT + 42, y, name, size=12)
        drawing.text(WIDTH - RIGHT + 42, y + 13, word.lower() + ("" if slope is None else f", exponent {slope:.2f}"), cls="soft", size=11)
    drawing.text(20, height - 14, note, cls="soft", size=11)
    drawing.save(path)
    return True
