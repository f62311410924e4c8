"""What the imagery of a selection means for its blocks: n_min of each feature, and the load."""

from pathlib import Path

from apps.orchestration.domain.sources import imagery_of
from tests.builders.scene_refs import SceneWriter
from workers.contracts.features import FeatureSetSpec
from workers.contracts.plugins import IndexSpec
from workers.contracts.windows import season_parse

NDVI = {"ndvi": IndexSpec(slug="ndvi", title="NDVI", expression="(nir - red) / (nir + red)")}


def features(*given: tuple[str, str, str | None]) -> FeatureSetSpec:
    rows = [
        {"name": f"{source}_{statistic}_{k}", "source": source, "statistic": statistic,
         "window": window}
        for k, (source, statistic, window) in enumerate(given)
    ]  # fmt: skip
    return FeatureSetSpec.model_validate({"features": rows})


def test_n_min_counts_the_days_of_a_window_once(tmp_path: Path) -> None:
    scenes = SceneWriter(tmp_path / "a").series(4)
    beside = SceneWriter(tmp_path / "b").series(4)  # the neighbouring image of the same days
    spec = features(
        ("B04", "p050", None),
        ("ndvi", "p050", "2018-03-01/2018-03-12"),
        ("ndvi", "mean", None),
        ("B04", "amplitude", None),
        ("B04", "p050", "2019-01-01/2019-02-01"),
        ("VH", "p050", None),
    )
    imagery = imagery_of([*scenes, *beside], [f.source for f in spec.features], NDVI)
    assert imagery.n_min(spec, None) == (3, 2, 1, 4, 0, 0)
    assert imagery.n_min(spec, season_parse("2018-03-01/2018-03-12"))[0] == 2


def test_the_load_is_of_the_scenes_over_a_block(tmp_path: Path) -> None:
    scenes = SceneWriter(tmp_path).series(5)
    imagery = imagery_of(scenes, ["ndvi", "B11"], NDVI)
    load = imagery.load([0, 1, 4], features=7, classes=3)
    assert (load.dates, load.bands, load.grids, load.indices) == (3, 3, 2, 1)
    assert (load.features, load.classes) == (7, 3)
    assert imagery.load([], features=7, classes=3).dates == 1
