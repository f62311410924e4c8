import { openDialog } from "../../ui/dialog";
import { element, icon } from "../../ui/dom";
import { bytes } from "../../ui/format";
import { copyText } from "../../ui/toast";
import type { Source } from "./sources";
import { codesOf } from "./stack_view";
import { type Entry, styleQuery } from "./state";

/** What can be downloaded of a layer. */
export function filesDialog(source: Source): void {
  const { layer } = source;
  if (!layer) return;
  const base = `/api/v1/layers/${layer.id}`;
  const which = layer.release === layer.newest_release ? "" : `release=${layer.release}`;
  const rows: [string, string, string, boolean][] = [
    ...layer.assets.archives.map((archive, n): [string, string, string, boolean] => [
      layer.assets.archives.length > 1 ? `Archive ${archive.unit ?? n + 1}` : "Archive",
      archive.href,
      `GeoTIFF in the project grid${archive.size ? `, ${bytes(archive.size)}` : ""}; sha256 ${archive.sha256.slice(0, 12)}…`,
      true,
    ]),
    ["Display twin", String(layer.assets.display), "GeoTIFF in EPSG:3857 with overviews", true],
    ["Statistics", `${base}/statistics/?format=csv${which && `&${which}`}`, "CSV table", true],
    ["STAC item", `${base}/stac/${which && `?${which}`}`, "JSON with the lineage", false],
  ];
  const list = element(
    "ul",
    { class: "file-list" },
    ...rows.map(([name, href, text, file]) =>
      element(
        "li",
        {},
        element(
          "a",
          { class: "button small", href, download: file, target: file ? null : "_blank" },
          icon("download"),
          name,
        ),
        element("small", {}, text),
      ),
    ),
  );
  const close = element("button", { class: "button", type: "button" }, "Close");
  const opened = openDialog({ title: `Files of ${source.title}`, body: list, actions: [close] });
  close.addEventListener("click", opened.close);
}

/** The tile address for QGIS: with the colours as they are now, and until when it works. */
export function addressDialog(entry: Entry, source: Source): void {
  const query = styleQuery(entry, codesOf(source));
  const address = `${location.origin}${source.tiles}${query ? `?${query}` : ""}`;
  const until = new Date(source.expires).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
  });
  const copy = element("button", { class: "button primary", type: "button" }, "Copy");
  const close = element("button", { class: "button", type: "button" }, "Close");
  const body = element(
    "div",
    {},
    element("pre", { tabindex: 0, "aria-label": "Tile address" }, element("code", {}, address)),
    element(
      "p",
      {},
      `In QGIS: Layer, Add Layer, Add XYZ Layer, new connection, paste. The address opens this ${entry.kind === "scene" ? "scene" : "layer"} without a log-in, so it works only until ${until}; then copy a new one here. For lasting use download the files, or ask the API for a fresh address.`,
    ),
  );
  const opened = openDialog({
    title: `Tile address of ${source.title}`,
    body,
    actions: [close, copy],
    wide: true,
  });
  copy.addEventListener(
    "click",
    () => void copyText(address, `Address copied; it works until ${until}.`),
  );
  close.addEventListener("click", opened.close);
}
