from tests.core.statements import builders

from rekap.core.statements import model


def test_figures_stand_in_the_order_of_the_paper():
    fields = model.figure_fields(2)
    assert fields[:3] == ("registered_m", "registered_f", "registered")
    assert fields[-5:] == ("pair_1", "pair_2", "valid", "invalid", "total")
    assert tuple(field for field in fields if field not in ("pair_1", "pair_2")) == model.FIELDS
    assert set(builders.STATION) == set(fields)
    assert len(set(fields)) == len(fields) == 27


def test_a_slot_is_named_by_election_contest_form_region_and_tps():
    slot = "pemilihan-contoh/gubernur-90"
    assert model.slot_key(builders.form()) == f"{slot}/c_hasil/90.01.01.1001/001"
    assert model.slot_key(builders.form("d_hasil_kabko")) == f"{slot}/d_hasil_kabko/90.01"
    assert model.slot_key(builders.objection()) == model.slot_key(builders.form())


def test_every_table_speaks_of_known_levels_and_bodies():
    assert {form.level for form in model.FORMS.values() if form.level} == set(model.LEVELS)
    assert list(model.FORM_OF_LEVEL) == list(model.BODY_OF_LEVEL) == list(model.LEVELS)
    assert {form.body for form in model.FORMS.values()} <= {None, *model.BODIES}
    assert {form.column for form in model.FORMS.values()} <= {None, *model.FORMS}
    named = {task for body in model.BODIES for task in model.tasks(body)}
    assert named == {*model.THRESHOLDS, *model.ALONE, model.READINESS}
    assert set(model.OFFICES.values()) <= set(model.LEVELS)
    assert {name for name in model.THRESHOLDS if name in model.FORMS} == set(model.FORMS) - {
        "summary"
    }
