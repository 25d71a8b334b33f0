"""ptgsched: teams book time blocks across time zones for virtual gatherings."""

__version__ = "0.1.0"
