"""``python -m onboarding.cli``: the command where its script is not on the path."""

import sys

from onboarding.cli import main

sys.exit(main())
