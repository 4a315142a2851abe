"""What Streamlit runs for `litmap app`; the repository's own app.py is the same two lines."""

from litmap.ui import main

main()
