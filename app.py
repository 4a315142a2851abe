"""The app: `streamlit run app.py`, or rather `litmap app`, which asks for a token. Pages are in
litmap.ui.

LITMAP_LIBRARY names the library.
"""

from litmap.ui import main

main()
