"""Learning curves: how much better a model gets with more articles, and whether that goes on."""

from annotate.curves.forecast import Forecast, Pace, forecast
from annotate.curves.measuring import Curve, Point, learning_curve
from annotate.curves.power_law import PowerLaw, fit_power_law

__all__ = [
    "Curve",
    "Forecast",
    "Pace",
    "Point",
    "PowerLaw",
    "fit_power_law",
    "forecast",
    "learning_curve",
]
