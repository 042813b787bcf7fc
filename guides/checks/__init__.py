"""System checks of the settings, and of what they lead to.

Those tagged `settings` look at settings alone. Their errors also keep the web server, the worker,
and beat from starting (`runfit.server.startup`). Those tagged `servers` try the real parts.
"""

from guides.checks import keys, limits, mail, newsletter, servers, site, variables

__all__ = ["keys", "limits", "mail", "newsletter", "servers", "site", "variables"]
