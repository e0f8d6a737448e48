"""What the guides say was measured is what the records that travel with the program say."""

import json
from pathlib import Path

import pytest

import haechi.adapters.tracing.models as shipped

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guide"
RECORD = json.loads((Path(shipped.__file__).parent / "data" / "validation.json").read_text(encoding="utf-8"))


def percent(share, digits=1):
    return f"{100 * share:.{digits}f}"


def told():
    faces, sittings, scenes = RECORD["faces"], RECORD["sittings"], RECORD["scenes"]
    used, shots = faces["donors_together"], sittings["sitting_shots_together"]
    plain = [value for width, value in sittings["auc_coherence_by_width"].items() if "hard" not in width]
    rows = [
        [percent(faces["first"]), faces["donors"], faces["photos_a_person"]],
        [faces["auc"], *faces["auc_95"]],
        [percent(one) for one in (faces["hit_rate_at_1e-2"], *faces["hit_rate_at_1e-2_95"])],
        [f"{faces['wrong_photos']:,}", percent(faces["wrong_above_100_at_most"], 2), faces["people"]],
        [percent(faces["people_wrong_above_100_at_most"])],
        [faces["strangers"]],
        [percent(faces[name]) for name in ("donor_above_10", "donor_above_100", "donor_above_cap")],
        [faces["donors_not_evaluated"] + faces["face_not_found"], faces["tried"]],
        [f"{one:.3f}" for one in (faces["cllr"], faces["by_face_width"]["60-90"]["cllr"], sittings["cllr"])],
        [percent(faces["by_face_width"]["60-90"]["donor_above_100"])],
        [sittings["wrong_photos"], percent(sittings["wrong_above_100_at_most"])],
        [shots["all"], shots["this_photo"], shots["day_above_100"] - shots["this_photo"]],
        [used["all"], used["day_above_100"] - used["this_photo"]],
        [min(plain), max(plain)],
        [scenes["pictures"], percent(scenes["replaced_called_kept"])],
        [scenes["wrong_photos"], scenes["wrong_same_scene"], scenes["sitting_pairs"], scenes["sitting_same_scene"]],
    ]
    # What is nought is said in words beside these figures.
    noughts = (
        faces["wrong_above_100"], faces["strangers_above_100"], faces["absent_above_100"], sittings["wrong_above_100"],
    )  # fmt: skip
    assert not any(noughts)
    return [[str(one) for one in row] for row in rows]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_guide_to_tracing_says_what_the_record_says(language):
    lines = (GUIDES / f"tracing.{language}.md").read_text(encoding="utf-8").splitlines()
    for row in told():
        assert any(all(figure in line for figure in row) for line in lines), row
