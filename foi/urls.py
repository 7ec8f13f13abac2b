from django.urls import URLPattern, path

from foi.views import comparison, replies, requests, rounds

urlpatterns: list[URLPattern] = [
    path("", rounds.round_list, name="foi_round_list"),
    path("new/", rounds.round_new, name="foi_round_new"),
    path("holidays/", rounds.holiday_list, name="foi_holiday_list"),
    path("holidays/<int:pk>/remove/", rounds.holiday_remove, name="foi_holiday_remove"),
    path("<slug:round>/", rounds.round_detail, name="foi_round_detail"),
    path("<slug:round>/compare/", comparison.item_compare, name="foi_item_compare"),
    path("<slug:round>/<slug:icb>/", requests.request_detail, name="foi_request_detail"),
    path("<slug:round>/<slug:icb>/edit/", requests.request_edit, name="foi_request_edit"),
    path("<slug:round>/<slug:icb>/letter/", requests.request_letter, name="foi_request_letter"),
    path("<slug:round>/<slug:icb>/letter.pdf", requests.request_letter_pdf, name="foi_request_letter_pdf"),
    path("<slug:round>/<slug:icb>/send/", requests.request_send, name="foi_request_send"),
    path("<slug:round>/<slug:icb>/move/", requests.request_move, name="foi_request_move"),
    path("<slug:round>/<slug:icb>/share/", requests.request_share, name="foi_request_share"),
    path("<slug:round>/<slug:icb>/take-back/", requests.request_take_back, name="foi_request_take_back"),
    path("<slug:round>/<slug:icb>/reply/", replies.reply_detail, name="foi_reply_detail"),
    path("<slug:round>/<slug:icb>/reply/rest/", replies.reply_rest, name="foi_reply_rest"),
    path("<slug:round>/<slug:icb>/reply/<int:question>/", replies.reply_question, name="foi_reply_question"),
]
