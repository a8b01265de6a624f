"""``python -m porism``."""

import sys

from porism.cli import main

sys.exit(main())
