"""What no test may depend on."""

import os

from content.commands.office import VARIABLE

os.environ.pop(VARIABLE, None)
