"""The face that browsers meet: the sign-in pages, and the wall before everything else."""

from __future__ import annotations

from accounts.login import sign_in_routes
from accounts.wall import SignInWall

__all__ = ["SignInWall", "sign_in_routes"]
