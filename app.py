"""The app as `streamlit run app.py` serves it, behind the checks of `litmap app`, the usual way.

It prints the address that opens it. LITMAP_LIBRARY names the library. Pages are in litmap.ui.
"""

from streamlit.starlette import App

from litmap.ui.routes import make_routes
from litmap.ui.server import SCRIPT, make_checks

app = App(SCRIPT, routes=make_routes(), middleware=make_checks())
