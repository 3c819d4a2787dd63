from __future__ import annotations

from tests.entry.conftest import House, clock, house

__all__ = ["House", "clock", "house"]
