"""What browsers meet: the sign-in pages, and the wall in front of everything else."""

from __future__ import annotations

from accounts.login import sign_in_routes
from accounts.wall import SignInWall

__all__ = ["SignInWall", "sign_in_routes"]
