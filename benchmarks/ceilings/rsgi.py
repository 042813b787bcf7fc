from django.core.wsgi import get_wsgi_application

from runfit.server.wsgi_bridge import WsgiBridge

application = WsgiBridge(get_wsgi_application())
