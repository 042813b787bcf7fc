"""The RSGI entrance, which the web server uses: see runfit/server.py."""

from runfit.entrance import Entrance
from runfit.wsgi import application as wsgi_application

application = Entrance(wsgi_application)
