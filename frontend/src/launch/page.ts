import type { FeatureCollection } from "geojson";
import type { Map as LeafletMap } from "leaflet";
import { ApiError, getJson, postJson } from "../api/client";
import { confirmDialog } from "../ui/dialog";
import { byId } from "../ui/dom";
import { durationBand } from "../ui/format";
import { bindKeys } from "../ui/keys";
import { registerCommand } from "../ui/palette";
import { writeState } from "../ui/permalink_state";
import { toast } from "../ui/toast";
import { makeArea } from "./area_dialog";
import { AsText } from "./as_text";
import * as controls from "./controls";
import type { PageData } from "./data";
import { DraftKeeper } from "./draft";
import { drawArea, viewOf } from "./draw_area";
import {
  type Blocker,
  buttonLabel,
  type Estimate,
  isLarge,
  showEstimate,
  showNotices,
} from "./estimate_view";
import { Estimator } from "./estimator";
import { bodyOf, controlsOf, FieldError } from "./form";
import { FormView } from "./form_view";
import { FormNotes } from "./notes";
import { Picker } from "./picker";
import { bodiesOf, Scope } from "./scope";
import { ScopeMap } from "./scope_map";
import { ScopePanel } from "./scope_view";
import { Starter } from "./start";
import * as state from "./state";
import { problemNotice, type Template, Templates } from "./templates";

type Json = Record<string, unknown>;

const ESTIMATE = "/api/v1/jobs/estimate/";
const RESOURCES = { area: "aois", unit: "production-units" };

/** The launch screen: form, scope and consequence, tied together. */
export class LaunchPage {
  private readonly form = byId<HTMLFormElement>("launch-form");
  private readonly pickers = new Map<string, Picker>();
  private readonly view: FormView;
  private readonly notes: FormNotes;
  private readonly scope: Scope;
  private readonly draft: DraftKeeper;
  private readonly templates: Templates;
  private readonly starter = new Starter();
  private readonly defaults: Map<string, unknown>;
  private readonly estimator: Estimator<Estimate>;
  private map: LeafletMap | null = null;
  private scopeMap: ScopeMap | null = null;
  private estimate: Estimate | null = null;
  private blockers: Blocker[] = [];
  private busy = false;
  private leaving = false;

  constructor(private readonly data: PageData) {
    this.defaults = controls.defaultsOf(this.form);
    const { begin } = data;
    const { aois, units } = begin;
    const mode = aois.length ? "area" : units.length ? "unit" : "whole";
    this.scope = new Scope(data.places, [...aois, ...units], mode);
    this.draft = new DraftKeeper(data.project, data.workflow, this.form, this.scope);
    const draftAt = this.draft.restore();
    this.makePickers();
    this.view = new FormView(this.form, this.pickers);
    this.notes = new FormNotes(this.form, this.view, draftAt, () => this.startOver());
    this.templates = new Templates(
      byId("template-bar"),
      {
        project: data.project,
        workflow: data.workflow,
        mayEdit: data.mayLaunch,
        parameters: () => this.parameters(),
        apply: (template) => this.applyTemplate(template),
      },
      begin.template,
    );
    this.estimator = new Estimator(
      (signal) => this.askEstimate(signal),
      (answer) => this.told(answer),
      (error) => this.failed(error),
    );
    this.bind();
    void this.loadTemplates();
    this.changed();
  }

  useMap(map: LeafletMap): void {
    this.map = map;
    this.scopeMap = new ScopeMap(map, this.scope);
    if (this.estimate?.outline) this.scopeMap.showOutline(this.estimate.outline);
    else if (this.data.extent) this.scopeMap.look(this.data.extent);
    for (const [kind, resource] of Object.entries(RESOURCES)) {
      if (!this.data.places.some((place) => place.kind === kind)) continue;
      const path = `/api/v1/${resource}/?project=${this.data.project}&page_size=500`;
      void getJson<FeatureCollection>(path).then((rows) => this.scopeMap?.add(rows));
    }
  }

  private bind(): void {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.launch();
    });
    this.form.addEventListener("input", () => this.changed());
    new AsText(
      {
        slug: this.data.slug,
        order: () => ({ body: this.body(), reach: this.scope.reach }),
        fail: (error) => this.failed(error),
      },
      byId("api-call"),
      byId("as-command"),
    );
    document
      .getElementById("save-template")
      ?.addEventListener("click", () => this.templates.save());
    if (this.data.mapsArea) this.makeScope();
    else byId("scope").remove();
    if (!this.data.mayLaunch) return;
    bindKeys([
      {
        key: "Enter",
        modifiers: ["ctrl"],
        label: "Launch",
        when: () => !document.querySelector("dialog[open]"),
        run: () => this.form.requestSubmit(),
      },
    ]);
    registerCommand({ label: "Save the form as a template", run: () => this.templates.save() });
  }

  private makeScope(): void {
    const actions = {
      draw: async () => this.map && this.keepArea(await drawArea(this.map)),
      view: () => this.map && this.keepArea(viewOf(this.map)),
      zoom: (id: string) => this.scopeMap?.zoom(id),
    };
    new ScopePanel(byId("scope"), this.scope, actions, this.data.mayLaunch);
    this.scope.onChange(() => {
      const { mode, ids } = this.scope.reach;
      const text = ids.join(",") || null;
      writeState({ aoi: mode === "area" ? text : null, units: mode === "unit" ? text : null });
      this.changed();
    });
  }

  private makePickers(): void {
    for (const select of this.form.querySelectorAll<HTMLSelectElement>("select[data-pick]")) {
      const balances = select.dataset.pick === "sample_set" ? this.data.balances : {};
      this.pickers.set(select.dataset.path ?? "", new Picker(select, balances));
    }
  }

  private async loadTemplates(): Promise<void> {
    try {
      await this.templates.load();
    } catch {
      return; // the form works without them; the select says that there are none
    }
    const { current } = this.templates;
    if (current && this.notes.draftAt === null) this.notes.fit(current, []);
    this.showNotes();
  }

  // ---- values

  private body(): Json {
    const fixed = { project: this.data.project, workflow: this.data.workflow, parameters: {} };
    return bodyOf(controlsOf(this.form), fixed);
  }

  private bodies(): Json[] {
    return bodiesOf(this.body(), this.scope.reach);
  }

  private parameters(): Json {
    return (this.body().parameters ?? {}) as Json;
  }

  private changed(): void {
    controls.groupsFollow(this.form);
    this.draft.keep();
    this.marks();
    this.showNotes();
    if (!this.data.mayLaunch) return;
    byId("estimate-note").textContent = "calculating…";
    this.estimator.change();
  }

  private marks(): void {
    const flat = this.flatNow();
    const reset = (field: HTMLElement): void => {
      controls.fieldReset(field);
      for (const picker of this.pickers.values()) picker.sync();
      this.changed();
    };
    const changed = controls.marksPut(this.form, (path) => flat.get(path), reset);
    const { current } = this.templates ?? {};
    const base = current
      ? state.differences(current.parameters, this.safeParameters(), this.defaults).length
      : changed;
    const from = current ? "the template" : "the defaults";
    byId("changed-count").textContent = base ? `${base} changed from ${from}` : `as in ${from}`;
    const inside = byId("advanced").querySelectorAll(".changed").length;
    byId("advanced-note").textContent = inside ? `${inside} changed` : "the defaults are sound";
  }

  /** The values by path, as far as they can be read. */
  private flatNow(): Map<string, unknown> {
    const flat = state.flattened(this.safeParameters());
    const priority = this.form.querySelector<HTMLInputElement>('[data-path="priority"]')?.value;
    if (priority) flat.set("priority", Number(priority));
    return flat;
  }

  private safeParameters(): Json {
    try {
      return this.parameters();
    } catch (error) {
      if (error instanceof FieldError) return {};
      throw error;
    }
  }

  private showNotes(): void {
    const { job, parameters } = this.data.begin;
    const rows = state.differences(parameters, this.safeParameters(), this.defaults);
    this.notes.show(job ? { job, url: this.jobUrl(job), rows } : null);
  }

  private startOver(): void {
    this.draft.drop();
    location.reload();
  }

  // ---- templates

  private applyTemplate(template: Template | null): void {
    const lost = controls.parametersPut(this.form, template?.parameters ?? {});
    writeState({ template: template?.id ?? "none", from: null });
    this.notes.draftAt = null;
    this.notes.fit(template, lost);
    for (const picker of this.pickers.values()) picker.sync();
    this.changed();
  }

  // ---- estimate

  private async askEstimate(signal: AbortSignal): Promise<Estimate> {
    const blocker = this.data.mapsArea ? this.scope.blocker : null;
    if (blocker) throw new FieldError("scope", blocker);
    const { mode, ids } = this.scope.reach;
    const where = mode === "whole" ? {} : { [mode === "area" ? "aois" : "units"]: ids };
    const body = { ...this.body(), outline: true, ...where };
    return postJson<Estimate>(ESTIMATE, body, {}, signal);
  }

  private told(estimate: Estimate): void {
    this.estimate = estimate;
    this.blockers = [];
    this.view.clear();
    showEstimate(estimate, this.data.mapsArea);
    const many = estimate.jobs > 1 && this.data.trains;
    const extra = many
      ? [
          {
            level: "attention" as const,
            text: `Each of the ${estimate.jobs} jobs trains its own model.`,
          },
        ]
      : [];
    this.notices([...extra, ...estimate.notices]);
    this.scopeMap?.showOutline(estimate.outline);
    this.label();
  }

  private failed(error: unknown): void {
    this.estimate = null;
    this.scopeMap?.showOutline(null);
    byId("estimate").hidden = true;
    byId("estimate-basis").textContent = "";
    if (error instanceof FieldError) {
      const label = error.path === "scope" ? "Scope" : this.view.labelOf(error.path);
      this.blockers = [{ path: error.path, label, text: error.message }];
    } else if (error instanceof ApiError) {
      const { errors, detail, advice } = error.problem;
      const found = this.view.blockersOf(errors ?? {}, (id) => this.scope.byId(id)?.name ?? id);
      const text = [detail, advice].filter(Boolean).join(" ");
      this.blockers = found.length ? found : [{ path: null, label: "", text }];
    } else throw error;
    byId("estimate-note").textContent = "What is missing or wrong stands below.";
    this.view.showErrors(this.blockers);
    this.notices([]);
    this.label();
  }

  private notices(rows: Estimate["notices"]): void {
    showNotices(rows, this.blockers, {
      slug: this.data.slug,
      areaName: (id) => (this.scope.ids.length > 1 ? this.scope.byId(id)?.name : undefined),
      show: (bbox) => this.scopeMap?.show(bbox),
      go: (path) => this.goTo(path),
    });
  }

  private goTo(path: string): void {
    if (path === "scope") byId("scope").querySelector<HTMLElement>("button")?.focus();
    else this.view.go(path);
  }

  private label(): void {
    const label = document.getElementById("launch-label");
    if (!label) return;
    label.textContent = buttonLabel(this.estimate, this.blockers.length, this.data.mapsArea);
    byId("launch-button").classList.toggle("blocked", this.blockers.length > 0);
  }

  // ---- launching

  private async launch(): Promise<void> {
    if (!this.data.mayLaunch || this.busy) return;
    this.setBusy(true);
    try {
      this.view.submit();
      await this.estimator.settled();
      if (this.blockers.length) this.showBlockers();
      else if (await this.sure()) await this.start();
    } finally {
      if (!this.leaving) this.setBusy(false);
    }
  }

  private setBusy(on: boolean): void {
    this.busy = on;
    const button = byId<HTMLButtonElement>("launch-button");
    button.disabled = on;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  private showBlockers(): void {
    this.view.showErrors(this.blockers);
    const first = this.blockers.find((one) => one.path)?.path;
    if (first) this.goTo(first);
  }

  private async sure(): Promise<boolean> {
    if (!this.estimate || !isLarge(this.estimate)) return true;
    const { eta_seconds: eta } = this.estimate;
    const label = buttonLabel(this.estimate, 0, this.data.mapsArea);
    return confirmDialog({
      title: `${label}?`,
      body: `It takes ${durationBand(eta.low, eta.high)} and works on ${this.scope.words}. You can pause or cancel at any time.`,
      act: label,
      keep: "Go back",
    });
  }

  private async start(): Promise<void> {
    const bodies = this.bodies();
    const { jobs, failed } = await this.starter.start(bodies, (done) => {
      if (bodies.length > 1) byId("launch-label").textContent = `${done} of ${bodies.length}…`;
    });
    if (failed.length === 0) {
      this.leaving = true;
      this.draft.drop();
      const one = jobs.length === 1 ? jobs[0] : undefined;
      location.assign(one ? this.jobUrl(one.id) : `/projects/${this.data.slug}/jobs/`);
      return;
    }
    if (jobs.length) toast(`${jobs.length} of ${bodies.length} jobs started.`, "attention");
    this.startFailed(failed[0]?.error as ApiError);
    const left = failed.map((one) => one.area).filter((id): id is string => id !== null);
    if (left.length && jobs.length) this.scope.set(left, "area");
  }

  private startFailed(error: ApiError): void {
    this.failed(error);
    this.showBlockers();
    if (!error.problem.errors) byId("form-notes").prepend(problemNotice(error));
  }

  private jobUrl(id: string): string {
    return this.data.jobUrl.replace("00000000-0000-0000-0000-000000000000", id);
  }

  private async keepArea(shape: GeoJSON.Geometry | null): Promise<void> {
    const made = shape && (await makeArea(this.data.project, shape, this.scope.of("area").length));
    if (!made) return;
    this.scopeMap?.add(made.feature);
    this.scope.add(made.area);
  }
}
