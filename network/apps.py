from django.apps import AppConfig, apps


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"
    verbose_name = "The network"

    def ready(self) -> None:
        from network import checks

        assert checks  # importing registers them
        _people()
        _account()
        _membership()
        _reorganisation()
        _meetings()
        _governance()
        _library()
        _oversight()


def _account() -> None:
    from allauth.account.signals import (
        authentication_step_completed,
        password_changed,
        password_reset,
        password_set,
    )
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    from network import registry
    from network.account import again, answers, limits, mailed_codes, own_data
    from network.account.sessions import lasting

    registry.own_records.answer(answers.own_records)
    registry.due_work.answer(lambda: [limits.forget, mailed_codes.forget, own_data.forget])
    # Django and allauth tell of a sign-in by signals only.
    user_logged_in.disconnect(dispatch_uid="update_last_login")  # by the machine's clock; ours is `begun`
    user_logged_in.connect(again.note_sign_in)
    user_logged_in.connect(lasting.begun)
    user_logged_out.connect(lasting.ended)
    authentication_step_completed.connect(again.note_sign_in)
    for new_password in (password_changed, password_set, password_reset):
        new_password.connect(lasting.password_changed)
    registry.due_work.answer(lambda: [lasting.tidy])


def _people() -> None:
    from network import registry
    from network.people import answers, demo, seed

    registry.reference_data.answer(seed.reference_data)
    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.room_links.answer(answers.room_links)
    registry.own_records.answer(answers.own_records)


def _membership() -> None:
    from django.db.models.signals import post_migrate

    from network import registry
    from network.membership import answers, apart, demo, own

    registry.demonstration.answer(demo.demonstration)
    registry.room_links.answer(answers.room_links)
    registry.own_records.answer(own.own_records)
    registry.tasks_for.answer(answers.tasks_for)
    registry.changes_for.answer(answers.changes_for)
    registry.holdings_of.answer(answers.holdings_of)
    registry.open_at.answer(answers.open_at)
    registry.told_of.answer(answers.told_of)
    post_migrate.connect(apart.put_back, sender=apps.get_app_config("network"))


def _reorganisation() -> None:
    from network import registry
    from network.reorganisation import acts, answers, demo, planned

    registry.demonstration_last.answer(demo.demonstration_last)
    registry.due_work.answer(acts.due_work)
    registry.room_links.answer(answers.room_links)
    registry.tasks_for.answer(answers.tasks_for)
    registry.changes_for.answer(answers.changes_for)
    registry.organisation_panels.answer(answers.organisation_panels)
    registry.own_records.answer(answers.own_records)
    registry.planned_roles.answer(planned.planned_roles)
    registry.emptied.answer(planned.emptied)


def _meetings() -> None:
    from network import registry
    from network.meetings import answers, belongings, demo, figures, seed

    registry.reference_data.answer(seed.reference_data)
    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.tasks_for.answer(answers.tasks_for)
    registry.changes_for.answer(answers.changes_for)
    registry.doers_of.answer(answers.doers_of)
    registry.due_work.answer(answers.due_work)
    registry.figures.answer(figures.chapters)
    registry.own_records.answer(answers.own_records)
    registry.belongings_of.answer(belongings.belongings_of)


def _governance() -> None:
    from network import naming, registry
    from network.governance import answers, figures, seed

    registry.reference_data.answer(seed.reference_data)
    registry.nav_for.answer(answers.nav_for)
    registry.changes_for.answer(answers.changes_for)
    registry.due_work.answer(lambda: [naming.tell_the_rest])
    registry.figures.answer(figures.chapters)


def _library() -> None:
    from network import registry
    from network.library import answers, demo

    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.changes_for.answer(answers.changes_for)
    registry.own_records.answer(answers.own_records)


def _oversight() -> None:
    from network import registry
    from network.audit import removed
    from network.oversight import answers, kept, witness

    witness.listen()
    removed.listen()
    registry.retained.answer(kept.retained)
    registry.own_records.answer(answers.own_records)
    registry.room_links.answer(answers.room_links)
    registry.tasks_for.answer(answers.tasks_for)
    registry.due_work.answer(answers.due_work)
