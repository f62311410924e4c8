"""Coding of class transitions and adding up of their table."""

from typing import Any

from apps.layers.domain.transitions import transition_table, transitions_planned


def legend(count: int) -> list[dict[str, Any]]:
    return [{"code": k, "name": f"c{k}", "color": f"#0000{k:02x}"} for k in range(1, count + 1)]


def test_same_class_is_no_change_and_every_pair_has_its_own_code() -> None:
    planned = transitions_planned(legend(3), legend(2))
    assert planned["codes"][0][0] == planned["codes"][1][1] == 1
    others = {planned["codes"][i][j] for i, j in ((0, 1), (1, 0), (2, 0), (2, 1))}
    assert others == {2, 3, 4, 5}
    assert [cls["code"] for cls in planned["legend"]] == [1, 2, 3, 4, 5]
    assert planned["legend"][1]["name"] == "c1 → c2"


def test_many_classes_share_the_code_of_where_they_end() -> None:
    planned = transitions_planned(legend(20), legend(20))
    codes = {code for row in planned["codes"] for code in row}
    assert len(codes) == 21
    assert max(codes) <= 253
    assert planned["codes"][0][4] == planned["codes"][1][4]
    assert planned["legend"][1]["name"].startswith("Changed to c")


def test_table_adds_blocks_up() -> None:
    blocks = [
        {"pixels": [[5, 1], [0, 4]], "area_m2": [[5e6, 1e6], [0, 4e6]]},
        {"pixels": [[5, 0], [5, 0]], "area_m2": [[5e6, 0], [5e6, 0]]},
    ]
    table = transition_table(legend(2), legend(2), blocks)
    assert table["pixels"] == [[10, 1], [5, 4]]
    assert table["area_km2"] == [[10.0, 1.0], [5.0, 4.0]]
    assert table["changed_km2"] == 6.0
    assert table["changed_share"] == 0.3
    assert table["codes"] == transitions_planned(legend(2), legend(2))["codes"] == [[1, 2], [3, 1]]


def test_table_of_nothing_has_no_share() -> None:
    assert transition_table(legend(1), legend(1), [])["changed_share"] is None
