"""Each sensor plugin: sentinel2_l2a, synthetic, sentinel1, generic. And which one is chosen."""

from types import ModuleType

import numpy as np
import pytest

from workers import registry
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.sensors import cloud_key, data_keys, sensor_choose

SPECS = [module.SPEC for module in registry.all_of("sensors")]
DEFAULT = MaskSpec()


def asset(key: str, *roles: str, nodata: float | None = None) -> AssetRef:
    return AssetRef(
        key=key, path=f"/x/{key}.tif", dtype="uint8", nodata=nodata, crs="EPSG:3035",
        transform=(10, 0, 0, 0, -10, 0), shape=(2, 2), roles=roles,
    )  # fmt: skip


def scene(sensor: str, *assets: AssetRef) -> SceneRef:
    return SceneRef(
        id="s", item_id="i", sensor=sensor, datetime="2018-05-01T00:00:00Z",
        assets={one.key: one for one in assets},
    )  # fmt: skip


@pytest.mark.parametrize("slug", ["sentinel2_l2a", "synthetic"])
def test_scene_classes_decide_and_only_clouds_and_shadows_grow(slug: str) -> None:
    sensor = registry.sensor(slug)
    image = scene(slug, asset("B04"), asset("SCL"))
    codes = {"SCL": np.arange(12, dtype=np.uint8)}
    assert sensor.mask_keys(image, DEFAULT) == ("SCL",)
    valid = sensor.valid_mask(codes, image, DEFAULT)
    assert np.flatnonzero(valid).tolist() == [2, 4, 5, 6, 7]
    spread = sensor.spread_mask(codes, image, DEFAULT)
    assert np.flatnonzero(spread).tolist() == [3, 8, 9, 10]
    own = MaskSpec(invalid=(9, 4))
    assert np.flatnonzero(~sensor.valid_mask(codes, image, own)).tolist() == [0, 4, 9]
    assert np.flatnonzero(sensor.spread_mask(codes, image, own)).tolist() == [9]


def test_radar_is_never_masked() -> None:
    sensor = registry.sensor("sentinel1")
    image = scene("sentinel1", asset("VV"), asset("VH"))
    assert sensor.mask_keys(image, DEFAULT) == ()
    values = {"VV": np.zeros((2, 2), np.int16)}
    assert sensor.valid_mask(values, image, DEFAULT).all()
    assert not sensor.spread_mask(values, image, DEFAULT).any()
    assert sensor.SPEC.feature_scale == 100


def masked(sensor: ModuleType, image: SceneRef, values: list[int]) -> list[bool]:
    (key,) = sensor.mask_keys(image, DEFAULT)
    return list(sensor.valid_mask({key: np.array(values, np.uint8)}, image, DEFAULT))


def test_generic_masks_by_its_cloud_asset() -> None:
    sensor = registry.sensor("generic")
    flagged = scene(
        "generic", asset("ndvi", "data"), asset("cloud_probability", "cloud", nodata=255),
        asset("cloud_mask", "cloud-mask", nodata=255),
    )  # fmt: skip
    assert masked(sensor, flagged, [0, 1, 255]) == [True, False, False]
    percent = scene("generic", asset("ndvi"), asset("cloud_probability", "cloud", nodata=255))
    assert masked(sensor, percent, [0, 49, 50, 100, 255]) == [True, True, False, False, False]
    assert sensor.mask_keys(scene("generic", asset("ndvi")), DEFAULT) == ()
    clear = {"cloud_mask": np.array([0, 1, 255], np.uint8)}
    assert sensor.spread_mask(clear, flagged, DEFAULT).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("assets", "chosen"),
    [
        ({"B02": ["data"], "SCL": ["data", "mask"]}, "sentinel2_l2a"),
        ({"B02": ["data"], "SCL": [], "cloud_truth": ["truth"]}, "synthetic"),
        ({"B02": ["data"], "B08": ["data"]}, "generic"),
        ({"VV": ["data"], "VH": ["data"]}, "sentinel1"),
        ({"VV": ["data"]}, "generic"),
        ({"ndvi": ["data", "index"], "cloud_mask": ["cloud-mask"]}, "generic"),
        ({"precip_sum": []}, "generic"),
        ({"elevation": ["data"], "slope": ["data"]}, None),
        ({"copernicus_dem": ["data"]}, None),
        ({"cropland": ["data"]}, None),
        ({"lulc": ["data", "labels-raster"]}, None),
        ({"SCL": ["data"]}, None),
        ({"cloud_mask": ["cloud-mask"]}, None),
        ({}, None),
    ],
)
def test_assets_choose_the_sensor(assets: dict[str, list[str]], chosen: str | None) -> None:
    assert sensor_choose(SPECS, assets) == chosen


def test_cloud_mask_goes_before_cloud() -> None:
    assert cloud_key({"a": ["cloud"], "b": ["cloud-mask"]}) == "b"
    assert cloud_key({"a": ["cloud"]}) == "a"
    assert cloud_key({"a": ["data"]}) is None
    assert data_keys({"B02": ["data"], "a": ["cloud"], "slope": ["data"]}) == ("B02",)
