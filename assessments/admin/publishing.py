"""Check and publish: one page that says what was found, and publishes where nothing blocks."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from assessments import services
from assessments.admin.findings import placed
from assessments.models import Assessment


class PublishForm(forms.Form):
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=300,
        widget=AdminTextInputWidget,
        help_text="For you, in the list of versions. For example: shorter safety list",
    )
    reviewed_by = forms.CharField(
        label="Reviewed by",
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="The clinician who has read all of it. While this is empty, its pages say that "
        "it is a draft. You can sign it later too.",
    )


def publish_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, assessment: Assessment
) -> HttpResponse:
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _publish(model_admin, request, assessment, form.cleaned_data)
    findings = services.assessment_check(assessment=assessment)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Check and publish: {assessment}",
        "opts": model_admin.opts,
        "assessment": assessment,
        "form": form,
        "findings": placed(assessment, findings),
        "blocked": any(finding.severity == "error" for finding in findings),
    }
    return TemplateResponse(request, "admin/assessments/publish.html", context)


def _publish(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    assessment: Assessment,
    data: dict[str, Any],
) -> HttpResponse:
    try:
        edition = services.assessment_publish(
            assessment=assessment, user=cast(User, request.user), **data
        )
    except services.PublishRefused as refused:
        messages.error(request, "Not published.")
        for each in placed(assessment, refused.findings):
            level = messages.ERROR if each.finding.severity == "error" else messages.WARNING
            messages.add_message(request, level, str(each))
    else:
        model_admin.log_change(request, assessment, f"Published version {edition.number}.")
        messages.success(request, f"Version {edition.number} is live.")
    change = reverse("admin:assessments_assessment_change", args=[assessment.pk])
    return HttpResponseRedirect(change)
