"""What a library's schedule is called, wherever it is kept."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path


def schedule_name(library: Path) -> str:
    """The folder's name and eight digits of its path, for two folders may be called 'papers'; fit
    for names of files and of Prefect's.
    """
    path = library.resolve()
    name = re.sub(r"[^A-Za-z0-9]+", "-", path.name).strip("-")[:40] or "library"
    return f"{name}-{hashlib.sha256(str(path).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
