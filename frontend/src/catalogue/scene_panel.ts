import { byId, element, icon } from "../ui/dom";
import { keyCaps } from "../ui/keys";
import { rangeProblem, STRETCHES, type TileStyle } from "./tile_style";
import type { SceneFeature } from "./types";
import { button, cloudWords, dateWords, stateMark } from "./words";

export interface PanelEvents {
  step(by: 1 | -1): void;
  style(style: TileStyle): void;
  include(scene: SceneFeature, included: boolean): void;
  zoom(scene: SceneFeature): void;
  close(): void;
}

/** The chosen scene: what is known of it, how it is drawn, whether it enters selections. */
export class ScenePanel {
  private readonly holder = byId("scene-panel");
  private readonly note = element("p", { class: "note tile-note", role: "status" });

  constructor(
    private readonly mayEdit: boolean,
    private readonly events: PanelEvents,
  ) {}

  show(scene: SceneFeature, style: TileStyle): void {
    const focused = this.holder.contains(document.activeElement)
      ? (document.activeElement?.getAttribute("data-keep") ?? null)
      : null;
    this.note.textContent = "";
    this.holder.replaceChildren(
      this.head(scene),
      element("div", { class: "body" }, this.facts(scene), this.drawing(scene, style), this.note),
      this.foot(scene),
    );
    const opened = this.holder.hidden;
    this.holder.hidden = false;
    if (opened && !this.width) this.holder.parentElement?.scrollIntoView({ block: "start" });
    if (focused) this.holder.querySelector<HTMLElement>(`[data-keep="${focused}"]`)?.focus();
  }

  hide(): void {
    this.holder.hidden = true;
    this.holder.replaceChildren();
  }

  /** What is drawn, or why a colour style fell back to one band. */
  say(text: string): void {
    this.note.textContent = text;
  }

  private head(scene: SceneFeature): HTMLElement {
    const close = button("", () => this.events.close(), "button quiet square", {
      "aria-label": "Close the scene",
    });
    close.append(icon("close"));
    const name = element(
      "span",
      { class: "mono", title: scene.properties.item_id },
      scene.properties.item_id,
    );
    return element(
      "header",
      {},
      element("h2", {}, dateWords(scene.properties.datetime)),
      name,
      close,
    );
  }

  private facts(scene: SceneFeature): HTMLElement {
    const { "eo:cloud_cover": cloud, valid_percent: valid, platform, sensor } = scene.properties;
    const rows: [string, Node | string][] = [
      ["State", stateMark(scene)],
      ["Cloud", cloudWords(cloud)],
    ];
    if (valid !== null) rows.push(["Valid, measured", `${Math.round(valid)}\u202f%`]);
    rows.push(["Collection", scene.collection], ["Sensor", sensor || "–"]);
    if (platform) rows.push(["Platform", platform]);
    const list = element("dl", { class: "kv" });
    for (const [name, value] of rows) {
      list.append(element("dt", {}, name), element("dd", {}, value));
    }
    const { excluded_reason: left, flagged_reason: flagged, included } = scene.properties;
    const box = element("div", {}, list);
    if (!included && left) box.append(this.reason("Left out", left, "info"));
    if (flagged)
      box.append(
        this.reason(
          "Flagged",
          `${flagged}. Restore the file and import again, or leave the scene out.`,
          "",
        ),
      );
    return box;
  }

  private reason(word: string, text: string, tone: string): HTMLElement {
    return element(
      "div",
      { class: `notice ${tone}` },
      icon(tone ? "waiting" : "attention"),
      element("span", {}, element("b", {}, `${word}: `), text),
    );
  }

  private drawing(scene: SceneFeature, style: TileStyle): HTMLElement {
    const box = element("div", { class: "scene-drawing" });
    box.append(this.styles(scene, style));
    box.append(this.stretch(style));
    const value = element("output", { class: "aside" }, `${Math.round(style.opacity * 100)} %`);
    const slider = element("input", {
      type: "range",
      min: 0,
      max: 100,
      step: 1,
      id: "scene-opacity",
      "data-keep": "opacity",
      value: Math.round(style.opacity * 100),
    });
    slider.addEventListener("input", () => {
      value.textContent = `${slider.value} %`;
      this.events.style({ ...style, opacity: Number(slider.value) / 100 });
    });
    const label = element("label", { for: "scene-opacity" }, "Opacity ", value);
    box.append(element("div", { class: "field" }, label, slider));
    return box;
  }

  private styles(scene: SceneFeature, style: TileStyle): HTMLElement {
    const bands = Object.entries(scene.assets).filter(([, asset]) => asset["raster:bands"]);
    const isBand = !["rgb", "nir"].includes(style.style);
    const group = element("div", { class: "segments", role: "group", "aria-label": "Drawn as" });
    for (const [value, word] of [
      ["rgb", "True colour"],
      ["nir", "False colour"],
    ] as const) {
      group.append(
        button(word, () => this.events.style({ ...style, style: value }), "", {
          "aria-pressed": String(style.style === value),
          "data-keep": value,
        }),
      );
    }
    const select = element("select", {
      class: "input small",
      "aria-label": "One band",
      "data-keep": "band",
    });
    select.append(element("option", { value: "", selected: !isBand }, "Band…"));
    for (const [key, asset] of bands) {
      const common = asset["eo:bands"]?.[0]?.common_name;
      const text = common && common !== key ? `${key} (${common})` : key;
      select.append(element("option", { value: key, selected: style.style === key }, text));
    }
    select.addEventListener("change", () => {
      this.events.style({ ...style, style: select.value || "rgb" });
    });
    return element("div", { class: "style-row" }, group, select);
  }

  private stretch(style: TileStyle): HTMLElement {
    const [kind, low, high] = style.stretch.split(",");
    const custom = kind === "range";
    const select = element("select", {
      class: "input small",
      id: "scene-stretch",
      "data-keep": "stretch",
    });
    for (const [value, word] of STRETCHES) {
      const on = value === style.stretch || (value === "range" && custom);
      select.append(element("option", { value, selected: on }, word));
    }
    const from = this.number("From", low ?? "0");
    const to = this.number("To", high ?? "0.3");
    const error = element("span", { class: "error", role: "alert" });
    const ends = element("div", { class: "range-ends", hidden: !custom }, from, to);
    const tell = (): void => {
      const problem = rangeProblem(from.valueAsNumber, to.valueAsNumber);
      error.textContent = problem ?? "";
      if (!problem) this.events.style({ ...style, stretch: `range,${from.value},${to.value}` });
    };
    for (const input of [from, to]) input.addEventListener("change", tell);
    select.addEventListener("change", () => {
      ends.hidden = select.value !== "range";
      if (select.value === "range") tell();
      else this.events.style({ ...style, stretch: select.value });
    });
    const label = element("label", { for: "scene-stretch" }, "Stretch");
    return element("div", { class: "field" }, label, select, ends, error);
  }

  private number(label: string, value: string): HTMLInputElement {
    return element("input", {
      class: "input small",
      type: "number",
      step: "any",
      "aria-label": label,
      value,
      "data-keep": `range-${label}`,
    });
  }

  private foot(scene: SceneFeature): HTMLElement {
    const step = (text: string, by: 1 | -1, key: string): HTMLElement => {
      const node = button("", () => this.events.step(by), "button small", {
        "aria-label": text,
        "data-keep": key,
      });
      node.append(icon(by < 0 ? "left" : "right"), keyCaps({ key }));
      return node;
    };
    const foot = element("footer", {}, step("Previous date", -1, "a"), step("Next date", 1, "d"));
    foot.append(
      button("Zoom", () => this.events.zoom(scene), "button quiet small", { "data-keep": "zoom" }),
    );
    if (this.mayEdit) {
      const { included } = scene.properties;
      const node = button(
        included ? "Leave out…" : "Take in",
        () => this.events.include(scene, !included),
        "button small end",
        { "data-keep": "include" },
      );
      node.append(keyCaps({ key: "e" }));
      foot.append(node);
    }
    return foot;
  }

  /** Pixels of the map's right side that it covers; none where it stands below the map. */
  get width(): number {
    const floats = getComputedStyle(this.holder).position === "absolute";
    return this.holder.hidden || !floats ? 0 : this.holder.offsetWidth;
  }
}
