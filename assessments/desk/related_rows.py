"""Forms that save rows of other models along with their own."""

from collections.abc import Callable
from typing import Any

from django import forms


class RelatedRowsForm(forms.ModelForm):
    """Saves `save_related` where Django saves many-to-many data: once its own row is stored."""

    save_m2m: Callable[[], None]

    def save_related(self) -> None:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """As Django documents it: without `commit`, the caller stores the row, then asks for
        `save_m2m`."""
        row = super().save(commit=False)
        self.save_m2m = self.save_related
        if commit:
            row.save()
            self.save_m2m()
        return row
