"""The map as one HTML file that needs nothing else: pan, zoom, search, citations on demand, light
and dark.
"""

from __future__ import annotations

import json
import re
from html import escape

from litmap.maps.data import script, style_sheet, to_data
from litmap.maps.map_model import Picture

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="litmap: export">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>@@TITLE@@</title>
<style>
@@STYLE@@</style>
</head>
<body>
<main id="map" class="litmap-map"></main>
<script type="application/json" id="data">@@DATA@@</script>
<script>
"use strict";
@@SCRIPT@@
mountExportedMap();
</script>
</body>
</html>
"""


def to_html(picture: Picture) -> str:
    """A self-contained page. Texts of papers stand in it as data only, never as markup."""
    text = json.dumps(to_data(picture), ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    parts = {
        "STYLE": style_sheet(),
        "SCRIPT": script(),
        "TITLE": escape(picture.title or "Map of papers"),
        "DATA": safe,
    }
    return re.sub(r"@@(\w+)@@", lambda found: parts[found[1]], PAGE)
