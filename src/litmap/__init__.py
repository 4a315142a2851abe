"""litmap: from notes to a searchable, mapped library of the papers they cite."""

import os

__version__ = "0.2.0"

# litmap reports to nobody, and neither do the libraries it is built on; some read these when they
# are imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
