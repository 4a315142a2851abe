"""What Streamlit runs behind the check: for `litmap app`, and for the repository's own app.py."""

from litmap.ui import main

main()
