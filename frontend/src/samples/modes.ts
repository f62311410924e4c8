import type { Geometry } from "geojson";
import type { Map as LeafletMap } from "leaflet";
import { ApiError } from "../api/client";
import { toast } from "../ui/toast";
import { drawShapes, editShape } from "./drawing";
import type { Editor } from "./editor";
import type { MapView, Mode } from "./map_view";

/** What a pointer on the map does: select, draw a box, points or polygons, move a shape. */
export class Modes {
  private stop: (() => void) | null = null;
  private polygonsOn = false;

  constructor(
    private readonly map: LeafletMap,
    private readonly view: MapView,
    private readonly editor: Editor,
    private readonly place: (geometry: Geometry) => void,
  ) {}

  get idle(): boolean {
    return this.view.mode === "select";
  }

  /** Turns a mode on, or off again when it is on already. */
  async set(mode: Mode): Promise<void> {
    const off = this.view.mode === mode && !this.polygonsOn;
    this.end();
    if (off || mode === "select") return;
    this.view.setMode(mode);
    this.draw();
    if (mode === "shape") await this.editSelected();
  }

  async polygons(): Promise<void> {
    const off = this.polygonsOn;
    this.end();
    if (off) return;
    this.polygonsOn = true;
    this.view.setMode("shape");
    this.draw();
    const stop = await drawShapes(this.map, this.place);
    if (this.polygonsOn) this.stop = stop;
    else stop();
  }

  end(): void {
    this.stop?.();
    this.stop = null;
    this.polygonsOn = false;
    this.view.setMode("select");
    this.draw();
  }

  /** Shows on the tools what is on, and what can be undone. */
  draw(): void {
    const press = (id: string, pressed: boolean): void =>
      document.getElementById(id)?.setAttribute("aria-pressed", String(pressed));
    press("tool-point", this.view.mode === "point");
    press("tool-polygon", this.polygonsOn);
    press("tool-box", this.view.mode === "box");
    const { history } = this.editor;
    for (const [id, steps] of [
      ["tool-undo", history.done],
      ["tool-redo", history.undone],
    ] as const) {
      const button = document.getElementById(id) as HTMLButtonElement | null;
      if (!button) continue;
      button.disabled = steps.length === 0;
      button.title = steps.at(-1)?.label ?? "Nothing to do";
    }
  }

  private async editSelected(): Promise<void> {
    try {
      const [first] = this.editor.selected();
      if (first) await this.editor.ensure([first.id], true);
      const row = first && this.editor.store.get(this.editor.nameOf(first.id));
      if (!this.editor.mayEdit || !row?.geometry || this.view.mode !== "shape") return this.end();
      this.view.show([row], "at once");
      const { id } = row;
      this.stop = await editShape(this.map, row, (before, after) =>
        this.editor.reshape(id, before, after),
      );
    } catch (error) {
      this.end();
      if (!(error instanceof ApiError)) throw error;
      toast(error.message, "failed");
    }
  }
}
