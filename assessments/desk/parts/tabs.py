"""Change pages whose parts are tabs. Without scripts, they're sections with links to them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.text import slugify

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Tab:
    """Some of a page's lists. The first tab has the page's own fields, too."""

    title: "StrPromise"
    lists: tuple[type[InlineModelAdmin], ...]

    @property
    def key(self) -> str:
        """The same in each language: links go there."""
        with translation.override(None):
            return f"part-{slugify(str(self.title))}"


class TabsAdmin(admin.ModelAdmin):
    """Shows the lists of its tabs once the row is there."""

    tabs: ClassVar[tuple[Tab, ...]]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        formsets = context["inline_admin_formsets"]
        context["tabs"] = [
            (tab, [each for each in formsets if type(each.opts) in tab.lists])
            for tab in (self.tabs if formsets else ())
        ]
        return super().render_change_form(request, context, *args, **kwargs)
