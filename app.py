"""The app: `streamlit run app.py`, or `litmap app`. Pages are in litmap.ui; LITMAP_LIBRARY names the library."""

from litmap.ui import main

main()
