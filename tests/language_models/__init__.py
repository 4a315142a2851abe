"""Language models for tests: real HTTP on loopback, kind and hostile ones.

The name of the model that is asked for says how it behaves (`BEHAVIOURS`), so that one server
plays all of them:

    with language_models.serve() as site:
        settings = load_settings({"llm_url": site.base, "llm_model": "endless"})

`site.say` is what the talking ones answer with: a text, or a function of the request's messages.
`site.asked` holds the requests as (path, headers, body).
"""

from tests.language_models.server import BEHAVIOURS, HOSTILE, Site, serve

__all__ = ["BEHAVIOURS", "HOSTILE", "Site", "serve"]
