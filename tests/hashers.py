"""The portal's hasher with parameters that cost next to nothing. What the real ones are is asked of the real one."""

from __future__ import annotations

from passerelle.accounts.hashers import OwaspArgon2


class QuickArgon2(OwaspArgon2):
    time_cost = 1
    memory_cost = 8
