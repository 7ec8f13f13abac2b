import uuid

from django.db import migrations, models


def give_references(apps, schema_editor):
    naming = apps.get_model("network", "Naming")
    for one in naming.objects.filter(reference=None).iterator():
        naming.objects.filter(pk=one.pk).update(reference=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0022_started_again_once"),
    ]

    operations = [
        migrations.AddField("naming", "over", models.BooleanField(default=False, editable=False)),
        migrations.AddField("naming", "reference", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_references, migrations.RunPython.noop),
        migrations.AlterField(
            "naming", "reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
    ]
