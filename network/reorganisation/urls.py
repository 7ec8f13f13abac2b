"""Declared before the bodies' own addresses: `add` and `reorganisations` are no body's."""

from django.urls import include, path

from network.reorganisation import body_views, views

steps = [
    path("", views.reorganisation_detail, name="reorganisation_detail"),
    path("what/", views.reorganisation_what, name="reorganisation_what"),
    path("successors/", views.reorganisation_successors, name="reorganisation_successors"),
    path("successors/add/", views.successor_add, name="successor_add"),
    path("successors/join/", views.successor_join, name="successor_join"),
    path("successors/<int:successor>/", views.successor_edit, name="successor_edit"),
    path("successors/<int:successor>/remove/", views.successor_remove, name="successor_remove"),
    path("footprint/", views.reorganisation_footprint, name="reorganisation_footprint"),
    path("people/", views.reorganisation_people, name="reorganisation_people"),
    path("things/", views.reorganisation_things, name="reorganisation_things"),
    path("preview/", views.reorganisation_preview, name="reorganisation_preview"),
    path("prepare/", views.reorganisation_prepare, name="reorganisation_prepare"),
    path("reopen/", views.reorganisation_reopen, name="reorganisation_reopen"),
    path("withdraw/", views.reorganisation_withdraw, name="reorganisation_withdraw"),
    path("again/", views.reorganisation_again, name="reorganisation_again"),
]

urlpatterns = [
    path("add/", body_views.organisation_add, name="organisation_add"),
    path("reorganisations/", views.reorganisation_list, name="reorganisation_list"),
    path("reorganisations/add/", views.reorganisation_add, name="reorganisation_add"),
    path("reorganisations/<int:pk>/", include(steps)),
    path("<slug:slug>/change/", body_views.organisation_edit, name="organisation_edit"),
]
