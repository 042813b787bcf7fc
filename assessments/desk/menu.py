"""The desk's menu: four groups in the order of the work, instead of lists by app and alphabet.

Each registered admin says where it stands in `menu`. One that doesn't, such as that of another
package, comes last under "More" of Practice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WRITE, PEOPLE, NUMBERS, PRACTICE = GROUPS = (
    _("Write"),
    _("People"),
    _("Numbers"),
    _("Practice"),
)


@dataclass(frozen=True, slots=True)
class MenuPlace:
    """Where a list stands, or with `page` (the name of its URL) another page of its admin.

    `permission` is needed beside that to see the list.
    """

    group: "StrPromise"
    order: int
    text: "str | StrPromise" = ""
    page: str = ""
    permission: str = ""
    more: bool = False


ELSEWHERE = (MenuPlace(PRACTICE, 99, more=True),)


def list_title(model: type[Model]) -> str:
    """What the menu, and the list itself, call an admin's list."""
    places = getattr(admin.site.get_model_admin(model), "menu", ELSEWHERE)
    own = next((place.text for place in places if not place.page), "")
    return str(own) or capfirst(str(model._meta.verbose_name_plural))


pages: list[MenuPlace] = []
"""Pages that belong to no admin. Other apps append to it; `page` is the URL's full name."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    text: str
    address: str
    add_address: str
    current: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    title: str
    links: list[MenuLink]
    more: list[MenuLink]

    @property
    def current(self) -> bool:
        return any(link.current for link in (*self.links, *self.more))


def menu(request: HttpRequest, apps: Iterable[Mapping[str, Any]]) -> list[MenuGroup]:
    """The groups that this user may see, from the admin site's own list of apps."""
    entries: list[tuple[MenuPlace, Mapping[str, Any]]] = [
        (place, entry)
        for app in apps
        for entry in app["models"]
        for place in getattr(admin.site.get_model_admin(entry["model"]), "menu", ELSEWHERE)
        if not place.permission or request.user.has_perm(place.permission)
    ]
    entries += [(place, {}) for place in pages if request.user.has_perm(place.permission)]
    entries.sort(key=lambda each: each[0].order)
    addresses = [_address(place, entry) for place, entry in entries]
    # A page of an admin also starts with the address of its list: the longest is where she is.
    opened = [address for address in addresses if request.path.startswith(address)]
    here = max(opened, key=len, default="")
    links = [
        (place, _link(place, entry, address, current=address == here))
        for (place, entry), address in zip(entries, addresses, strict=True)
    ]
    groups = [
        MenuGroup(
            str(title),
            [link for place, link in links if place.group == title and not place.more],
            [link for place, link in links if place.group == title and place.more],
        )
        for title in GROUPS
    ]
    return [group for group in groups if group.links or group.more]


def _address(place: MenuPlace, entry: Mapping[str, Any]) -> str:
    if not place.page:
        return str(entry["admin_url"])
    return reverse(f"admin:{place.page}" if entry else place.page)


def _link(place: MenuPlace, entry: Mapping[str, Any], address: str, *, current: bool) -> MenuLink:
    add_address = "" if place.page else entry["add_url"] or ""
    text = str(place.text) or list_title(entry["model"])
    return MenuLink(text, address, add_address, current)
