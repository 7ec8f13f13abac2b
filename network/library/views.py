"""The library: a list, an item, its file, and the form to add one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from network import audit, files, naming, widening
from network.guards import SignedIn, fresh_for, require, visible_or_404
from network.library.forms import LibraryEditForm, LibraryFilter, LibraryItemForm, change
from network.library.models import LibraryItem
from network.library.tables import LibraryTable
from network.once import once
from network.roles import Permission
from network.tables import respond_table
from network.workflow import Changed


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
    context = {
        "item": item,
        "size": size,
        "may_change": item.may_be_changed_by(request.user),
        "names": request.user.may(Permission.PEOPLE_NAME),
    }
    return render(request, "network/library_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def library_edit(request: SignedIn, pk: int) -> HttpResponse:
    """What is said of an item, and who reads it."""
    item = visible_or_404(LibraryItem, request.user, pk=pk)
    if not item.may_be_changed_by(request.user):
        raise PermissionDenied("An item is changed by whoever added it, a co-chair or the coordinator.")
    stands = item.audience
    form = LibraryEditForm(request.POST or None, instance=item, user=request.user)
    if widening.sent(request) and form.is_valid():
        wanted = form.cleaned_data.get("audience", stands)
        asked = widening.ask(request, item, before=stands, after=wanted, stale=form.stale)
        if asked.page:
            return asked.page
        try:
            if changes := form.changes():
                with asked.once():
                    change(item, by=request.user, loaded=form.loaded, **changes)
                messages.success(request, "The item is changed.")
            return redirect(item)
        except Changed:
            now = visible_or_404(LibraryItem, request.user, pk=pk)
            form.show_newer(LibraryEditForm(instance=now, user=request.user))
    return render(request, "network/library_edit.html", {"form": form, "item": item}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def library_names(request: SignedIn, pk: int) -> HttpResponse:
    """A co-chair keeps an item to people named one by one."""
    item = visible_or_404(LibraryItem, request.user, pk=pk)
    back = reverse("library_list")
    return naming.names_page(request, item, noun="library item", back=back, cancel=item.get_absolute_url())


@require_safe
def library_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file itself, for whoever may read the item."""
    item = visible_or_404(LibraryItem.objects.select_related("file"), request.user, pk=pk)
    if item.file is None:
        raise Http404("This item is a link and has no file.")
    fresh_for(request, item.audience)
    audit.record(by=request.user, verb="downloaded", on=item)
    return files.download(item.file)
