"""Kuager, a witness of internet shutdowns: detects them, proves them, discloses them.

The rooms of this package and the one way in which data flows through them are drawn in ``docs/architecture.md``.
"""

__version__ = "0.1.0"
