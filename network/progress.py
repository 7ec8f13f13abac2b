"""The page of one job: how far it is, and where the result is once it is ready."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from network import jobs
from network.guards import SignedIn, by_itself, visible_or_404
from network.jobs import Job
from network.roles import Permission


@require_safe
def job_detail(request: SignedIn, pk: int) -> HttpResponse:
    job = visible_or_404(Job, request.user, pk=pk)
    oversees = request.user.may(Permission.JOB_OVERSEE)
    return render(request, "network/job_detail.html", {"job": job, "oversees": oversees})


@by_itself
@require_safe
def job_progress(request: SignedIn, pk: int) -> JsonResponse:
    """What the page's script asks every two seconds."""
    job = visible_or_404(Job, request.user, pk=pk)
    return JsonResponse({"over": job.is_over, "percent": job.progress, "step": job.step_now})


@require_POST
def job_retry(request: SignedIn, pk: int) -> HttpResponseRedirect:
    job = visible_or_404(Job, request.user, pk=pk)
    jobs.retry(job)
    return redirect("job_detail", pk=job.pk)


urlpatterns = [
    path("<int:pk>/", job_detail, name="job_detail"),
    path("<int:pk>/progress/", job_progress, name="job_progress"),
    path("<int:pk>/retry/", job_retry, name="job_retry"),
]
