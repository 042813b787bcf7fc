from django.urls import path, re_path

from assessments.runner import views
from assessments.runner.embed import views as embed_views
from assessments.runner.embed.oembed import oembed
from assessments.runner.languages import HOME_LANGUAGE
from assessments.runner.retest import views as retest_views
from assessments.runner.sheet import views as sheet_views
from assessments.runner.site import views as site_views
from assessments.runner.site.icons import SIDES

app_name = "assessments"

urlpatterns = [
    path("", site_views.home, name="home"),
    path("check/<slug:slug>/", views.check, name="check"),
    path("check/<slug:slug>/retest.ics", retest_views.calendar, name="retest_calendar"),
    path("check/<slug:slug>/example/", site_views.example, name="example"),
    path("check/<slug:slug>/card-<slug:stamp>.png", site_views.card, name="card"),
    path("check/<slug:slug>/results/<slug:key>/", site_views.shared, name="shared"),
    path(
        "check/<slug:slug>/results/<slug:key>/card-<slug:stamp>.png",
        site_views.shared_card,
        name="shared_card",
    ),
    path("result/<slug:token>/", views.result, name="result"),
    path("result/<slug:token>/then-and-now/", retest_views.then_and_now, name="then_and_now"),
    path("result/<slug:token>/sheet/", sheet_views.own_sheet, name="sheet"),
    path("result/<slug:token>/sheet/link/", sheet_views.make_link, name="sheet_link"),
    path("result/<slug:token>/sheet/link/end/", sheet_views.end_link, name="sheet_link_end"),
    path("result/<slug:token>/sheet/fhir.json", sheet_views.own_fhir, name="sheet_fhir"),
    path("sheet/<str:token>/", sheet_views.linked_sheet, name="linked_sheet"),
    path("sheet/<str:token>/fhir.json", sheet_views.linked_fhir, name="linked_sheet_fhir"),
    path("result/<slug:token>/clearance/", views.clearance, name="clearance"),
    path("result/<slug:token>/checks/", views.add_checks, name="checks"),
    path("count/", views.count, name="count"),
    path("embed.js", embed_views.embed_script, name="embed_script"),
    path("oembed/", oembed, name="oembed"),
    re_path(
        r"^theme-(?P<theme>light|dark)-(?P<version>[0-9a-f]{12})\.css$",
        embed_views.theme_css,
        name="theme_css",
    ),
    path("privacy/", site_views.privacy, name="privacy"),
    path("accessibility/", site_views.accessibility, name="accessibility"),
    re_path(
        r"^drawings/(?P<edition>[0-9]{1,9})/(?P<key>[\w-]+)\.svg$",
        site_views.drawing,
        name="drawing",
    ),
    re_path(
        r"^practice-(?P<colour>[0-9a-f]{6})\.css$", site_views.practice_css, name="practice_css"
    ),
    re_path(r"^icon-(?P<colour>[0-9a-f]{6})\.svg$", site_views.icon_svg, name="icon_svg"),
    re_path(
        rf"^icon-(?P<colour>[0-9a-f]{{6}})-(?P<name>{'|'.join(SIDES)})\.png$",
        site_views.icon,
        name="icon",
    ),
    re_path(r"^apple-touch-icon(?:-precomposed)?\.png$", site_views.touch_icon),
    path("manifest.webmanifest", site_views.web_manifest, name="manifest"),
    re_path(rf"^(?P<language>{HOME_LANGUAGE.pattern})/$", site_views.home_in, name="home_in"),
]
