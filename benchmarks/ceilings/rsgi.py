from django.core.wsgi import get_wsgi_application

from runfit.entrance import Entrance

application = Entrance(get_wsgi_application())
