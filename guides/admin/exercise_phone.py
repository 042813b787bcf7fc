"""An exercise on a phone beside its form: in its plan's session, and as the card of a result."""

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.desk.phone import DOTS, NothingToShowError, PhoneBesideAdmin
from guides import content, selectors
from guides.models import Exercise, ExercisePicture, PlanStep
from guides.publishing import row_mapping
from runfit.lib.json_format import reading
from runfit.lib.translation import use_language

CAPTIONS = {
    "session": _("In a session"),
    "plan": _("In its plan"),
    "nowhere": _("No plan has it yet, so runners don't see it. Add it to the weeks of a plan."),
    "result": _("On a result, as the first move"),
}
UNFINISHED = _("It isn't complete yet: it needs a name, steps, and how much of it to do.")


class ExerciseBesideAdmin(PhoneBesideAdmin):
    """Shows an exercise on a phone beside its form. Nothing is saved for it, and files that were
    chosen show once they're saved: a clip would be too much to send after each word."""

    def phone_saved(self, request: HttpRequest, part: Exercise) -> str:
        return _page(request, part, [*part.pictures.all()])

    def phone_typed(self, request: HttpRequest, part: Exercise | None) -> str | None:
        words = self.form_typed(request, part)
        pictures = self._pictures_typed(request, part) if part else []
        if not words.is_valid() or pictures is None:
            return None
        return _page(request, words.instance, pictures)

    def stand_ins(self, form: forms.ModelForm) -> dict[str, str]:
        found = super().stand_ins(form)
        if form.has_error("rest_seconds", "required"):
            found["rest_seconds"] = "0"
        if not form.data.get("reps") and not form.data.get("seconds"):
            found["reps"] = DOTS
        return found

    def _pictures_typed(self, request: HttpRequest, part: Exercise) -> list[ExercisePicture] | None:
        """The saved pictures with their words as typed, or None if those have errors."""
        formsets = [*self.get_formsets_with_inlines(request, part)]
        if not formsets:  # the account may not change pictures
            return [*part.pictures.all()]
        [(formset, inline)] = formsets
        prefix = formset.get_default_prefix()
        posted = self.get_formset_kwargs(request, part, inline, prefix) | {"files": None}
        typed = formset(**posted).initial_forms
        if not all(form.is_valid() for form in typed):
            return None
        kept = [form.instance for form in typed if not form.cleaned_data.get("DELETE")]
        return sorted(kept, key=lambda row: (row.order, row.pk))


def _page(request: HttpRequest, exercise: Exercise, pictures: list[ExercisePicture]) -> str:
    step = _step(exercise) if exercise.pk else None
    language = _language(step)
    captions = {place: str(caption) for place, caption in CAPTIONS.items()}
    desk_language = get_language()
    with use_language(language):
        shown = _content(exercise, pictures)
        dose = step.dose if step else content.usual_dose(shown.dose, selectors.dose_words(language))
        context = {
            "exercise": shown,
            "dose": dose,
            "rest": content.rest_seconds(shown.dose, dose),
            "stops": shown.stop_if,
            "weeks": step and step.block,
            "steps": step and step.block.steps.select_related("exercise"),
            "step": step,
            "move": {"exercise": shown, "dose": dose},
            "language": language,
            "captions": captions,
            "desk_language": desk_language,
        }
        return render_to_string("admin/phone/exercise.html", context, request)


def _step(exercise: Exercise) -> PlanStep | None:
    """Where plans use it first; a plan that's set aside comes last."""
    steps = PlanStep.objects.filter(exercise=exercise).select_related(
        "block__plan__profile__assessment"
    )
    return min(steps, key=lambda step: step.block.plan.profile_id is None, default=None)


def _language(step: PlanStep | None) -> str:
    profile = step and step.block.plan.profile
    return profile.assessment.language if profile else "en"


def _content(exercise: Exercise, pictures: list[ExercisePicture]) -> content.ExerciseContent:
    data = row_mapping.exercise_data(exercise, pictures)
    data["id"] = exercise.key or "new"
    try:
        return reading.parse(content.ExerciseContent, data, error=content.ContentError)
    except content.ContentError as error:
        raise NothingToShowError(UNFINISHED) from error
