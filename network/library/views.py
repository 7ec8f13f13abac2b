"""The library: a list, an item, its file, and the form to add one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from network import files
from network.guards import SignedIn, fresh_for, require, visible_or_404
from network.library.forms import LibraryFilter, LibraryItemForm
from network.library.models import LibraryItem
from network.library.tables import LibraryTable
from network.once import once
from network.roles import Permission
from network.tables import respond_table


@require_safe
def library_list(request: SignedIn) -> HttpResponse:
    """What the person may read of the library."""
    require(request.user, Permission.READ_PUBLISHED)
    items = LibraryItem.objects.visible_to(request.user)
    chosen = LibraryFilter(request.GET, queryset=items)
    return respond_table(
        request,
        "network/library_list.html",
        LibraryTable(chosen.qs.select_related("authority", "added_by"), user=request.user),
        {"filter": chosen, "may_add": request.user.may(Permission.LIBRARY_ADD)},
        filename="library",
        whole=items.count(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def library_add(request: SignedIn) -> HttpResponse:
    require(request.user, Permission.LIBRARY_ADD)
    form = LibraryItemForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        says = f"“{form.cleaned_data['title']}” is in the library."
        return once(request, lambda: form.add().get_absolute_url(), says=says)
    return render(request, "network/library_form.html", {"form": form})


@require_safe
def library_detail(request: SignedIn, pk: int) -> HttpResponse:
    items = LibraryItem.objects.select_related("file", "authority", "added_by")
    item = visible_or_404(items, request.user, pk=pk)
    size = files.megabytes(item.file.size) if item.file else ""
    return render(request, "network/library_detail.html", {"item": item, "size": size})


@require_safe
def library_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file itself, for whoever may read the item."""
    item = visible_or_404(LibraryItem.objects.select_related("file"), request.user, pk=pk)
    if item.file is None:
        raise Http404("This item is a link and has no file.")
    fresh_for(request, item.audience)
    return files.download(item.file)
