from django.urls import path

from network.membership.views import accepting, handover, invitations, people, roles

urlpatterns = [
    path("people/", people.person_list, name="person_list"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/handover/", handover.person_handover, name="person_handover"),
    path("people/<int:pk>/change/", people.person_change, name="person_change"),
    path("people/<int:pk>/roles/new/", roles.membership_add, name="membership_add"),
    path("people/<int:pk>/roles/<int:term>/end/", roles.membership_end, name="membership_end"),
    path("people/<int:pk>/roles/<int:term>/review/", roles.membership_review, name="membership_review"),
    path("seats/", people.seat_list, name="seat_list"),
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/new/", invitations.invitation_add, name="invitation_add"),
    path("invitations/<int:pk>/", invitations.invitation_detail, name="invitation_detail"),
    path("invitations/<int:pk>/send/", invitations.invitation_send, name="invitation_send"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
]

invitation = [  # for whoever holds the link of a mail
    path("", accepting.invitation_accept, name="invitation_accept"),
    path("role/", accepting.invitation_role, name="invitation_role"),
    path("<str:token>/", accepting.invitation_follow, name="invitation_follow"),
]
