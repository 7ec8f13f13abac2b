from django.urls import path

from network.membership.views import accepting, invitations

urlpatterns = [
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/new/", invitations.invitation_add, name="invitation_add"),
    path("invitations/<int:pk>/", invitations.invitation_detail, name="invitation_detail"),
    path("invitations/<int:pk>/send/", invitations.invitation_send, name="invitation_send"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
]

invitation = [  # for whoever holds the link of a mail
    path("", accepting.invitation_accept, name="invitation_accept"),
    path("<str:token>/", accepting.invitation_follow, name="invitation_follow"),
]
