"""`python -m litmap` is the litmap command."""

import sys

from litmap.cli import main

sys.exit(main())
