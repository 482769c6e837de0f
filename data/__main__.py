from __future__ import annotations

import sys

try:
    # Within: reading the program in takes a moment as well, in which a person may think better of it.
    from data.commands import main, until_unread

    sys.exit(until_unread(main))
except KeyboardInterrupt:
    sys.exit(130)
