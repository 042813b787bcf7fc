from django.core.wsgi import get_wsgi_application

from runfit.server.wsgi_bridge import Entrance

application = Entrance(get_wsgi_application())
