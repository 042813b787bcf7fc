"""The RSGI entry point, used by the web server in runfit/server."""

from runfit.guard import security_headers
from runfit.server.wsgi_bridge import WsgiBridge
from runfit.wsgi import application as wsgi_application

application = WsgiBridge(wsgi_application, own_headers=security_headers())
