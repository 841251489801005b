"""Draws a report's pictures as inline SVG: small bars, the risk-coverage curve, the reliability diagram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.questions.metrics.figures import ConfidenceBin, Figure, RiskPoint
from assistant.questions.rendering.markup import Markup, el, join

_WIDTH, _HEIGHT = 320.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 18.0, 10.0, 40.0
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def bar(figure: Figure) -> Markup:
    """A bar for a figure between 0 and 1, with its interval. Hidden from screen readers: the numbers stand beside it."""
    low, high = 100 * figure.low, 100 * figure.high
    return el(
        "svg",
        {"class": "bar", "viewBox": "0 0 100 12", "preserveAspectRatio": "none", "aria-hidden": "true"},
        el("rect", {"class": "rail", "y": 3.0, "width": 100.0, "height": 6.0}),
        el("rect", {"class": "value", "y": 3.0, "width": 100 * figure.value, "height": 6.0}),
        el("path", {"class": "interval", "d": f"M{low:.1f} 1v10M{low:.1f} 6H{high:.1f}M{high:.1f} 1v10"}),
    )


def shares(counts: Mapping[str, int], classes: Mapping[str, str]) -> Markup:
    """One bar divided in proportion to counts; hidden from screen readers likewise."""
    total = sum(counts.values()) or 1
    parts, left = [], 0.0
    for name, n in counts.items():
        width = 100 * n / total
        parts.append(el("rect", {"class": classes.get(name, ""), "x": left, "width": width, "height": 10.0}))
        left += width
    given = {"class": "shares", "viewBox": "0 0 100 10", "preserveAspectRatio": "none", "aria-hidden": "true"}
    return el("svg", given, *parts)


def risk_coverage(points: Sequence[RiskPoint]) -> Markup:
    """How many answers are wrong if only the most confident share is given."""
    most = max(max(point.risk for point in points), 0.05)
    top = next(tick for tick in (0.05, 0.1, 0.2, 0.5, 1.0) if most <= tick)
    path = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk / top):.1f}" for point in points)
    last = points[-1]
    half = min(points, key=lambda point: abs(point.coverage - 0.5))
    told = (
        f"Risk-coverage curve. Of the most confident {half.coverage:.0%} of the answers {half.risk:.1%} are wrong, "
        f"of {last.coverage:.0%} of them {last.risk:.1%}."
    )
    parts = [_axes("coverage: share of the answers, most confident first", "risk: share wrong", top)]
    parts.append(el("polyline", {"class": "curve", "points": path}))
    return _figure("Risk and coverage", told, parts)


def reliability(bins: Sequence[ConfidenceBin]) -> Markup:
    """How often answers of about the same confidence are right; on the diagonal the confidence is exact."""
    most = max(one.n for one in bins)
    parts = [
        _axes("confidence", "share right"),
        el("path", {"class": "ideal", "d": f"M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"}),
        el(
            "polyline",
            {"class": "curve thin", "points": " ".join(f"{_x(b.confidence):.1f},{_y(b.accuracy):.1f}" for b in bins)},
        ),
    ]
    for one in bins:
        size = 3 + 6 * (one.n / most) ** 0.5
        told = f"confidence {one.confidence:.2f}: {one.accuracy:.0%} of {one.n} right"
        dot = {"class": "dot", "cx": _x(one.confidence), "cy": _y(one.accuracy), "r": size}
        parts.append(el("g", None, el("title", None, told), el("circle", dot)))
    told = "Reliability diagram. " + "; ".join(
        f"at confidence {b.confidence:.2f}, {b.accuracy:.0%} of {b.n} right" for b in bins
    )
    return _figure("Confidence and being right", f"{told}.", parts)


def _figure(title: str, told: str, parts: Iterable[Markup]) -> Markup:
    given = {"class": "plot", "viewBox": f"0 0 {_WIDTH:g} {_HEIGHT:g}", "role": "img", "aria-label": told}
    return el("figure", None, el("figcaption", None, title), el("svg", given, *parts))


def _axes(x_name: str, y_name: str, top: float = 1.0) -> Markup:
    parts = []
    for tick in _TICKS:
        x, y = _x(tick), _y(tick)
        parts.append(el("path", {"class": "grid", "d": f"M{_x(0):.1f} {y:.1f}H{_x(1):.1f}"}))
        parts.append(el("text", {"x": x, "y": _y(0) + 16, "text-anchor": "middle"}, f"{tick:.0%}"))
        parts.append(el("text", {"x": _LEFT - 6, "y": y + 4, "text-anchor": "end"}, f"{100 * tick * top:.3g}%"))
    parts.append(el("path", {"class": "axis", "d": f"M{_x(0):.1f} {_y(1):.1f}V{_y(0):.1f}H{_x(1):.1f}"}))
    middle = (_x(0) + _x(1)) / 2
    parts.append(el("text", {"class": "name", "x": middle, "y": _HEIGHT - 6, "text-anchor": "middle"}, x_name))
    parts.append(el("text", {"class": "name", "x": _x(0) + 6, "y": _TOP + 10}, f"↑ {y_name}"))
    return join(*parts)


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)
