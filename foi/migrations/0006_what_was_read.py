from django.db import migrations, models
from django.db.models import Q


def keep_what_was_read(apps, schema_editor):
    """What partners know so far, and what was hidden from them."""
    outcomes = apps.get_model("foi", "Outcome").objects
    known = list(outcomes.filter(seen_low__isnull=False, seen_high__isnull=False))
    for row in known:
        row.read = [[row.seen_low, row.seen_high]]
    outcomes.bulk_update(known, ["read"], batch_size=500)
    read = Q(request__audience="partners") | Q(request__taken_back_on__isnull=False)
    outcomes.filter(pk__in=outcomes.filter(read, withheld=True).values("pk")).update(was_withheld=True)


class Migration(migrations.Migration):
    dependencies = [("foi", "0005_taken_back")]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="read",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="outcome",
            name="was_withheld",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(keep_what_was_read, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="outcome", name="seen_low"),
        migrations.RemoveField(model_name="outcome", name="seen_high"),
    ]
