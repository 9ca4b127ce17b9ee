"""Starts Home Assistant with nothing but what the configuration asks for: `python start.py --config FOLDER ...`."""

import sys

from homeassistant import bootstrap
from homeassistant.__main__ import main

# Otherwise Home Assistant sets up a frontend, analytics, backups and more, and asks the internet for some of it.
bootstrap.DEFAULT_INTEGRATIONS.clear()
bootstrap.CRITICAL_INTEGRATIONS.clear()

# Is there only where `npm run test:homeassistant -- --pictures` has installed it, and asked for by its configuration.
sys.path.append("/opt/frontend")

sys.exit(main())
