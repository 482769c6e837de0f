from __future__ import annotations

import sys

from accounts.cli import main
from data.commands import until_unread

if __name__ == "__main__":
    sys.exit(until_unread(main))
