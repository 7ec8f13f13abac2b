"""Which organisation's account is whose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates


class OrganisationAccount(models.Model):
    """An account at somebody's organisation: known by issuer, tenant and object id, by nothing else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="organisation_account"
    )
    issuer = models.CharField(max_length=200)
    tenant = models.CharField(max_length=64)  # `tid`
    object_id = models.CharField(max_length=64)  # `oid`
    connected_at = models.DateTimeField(default=dates.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "tenant", "object_id"], name="organisation_account_of_one"
            ),
            models.CheckConstraint(
                condition=~Q(issuer="") & ~Q(tenant="") & ~Q(object_id=""),
                name="organisation_account_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} of {self.tenant}"
