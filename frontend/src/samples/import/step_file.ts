import { megabytes } from "../../areas/uploads";
import { bar, element, icon } from "../../ui/dom";
import { bytes } from "../../ui/format";

export const EXTENSIONS = [".geojson", ".json", ".gpkg", ".zip", ".csv"];
export const KINDS = "GeoJSON, GeoPackage, zipped Shapefile or CSV";

export interface FileStep {
  node: HTMLElement;
  input: HTMLInputElement;
  /** What is wrong with the file; an empty text takes the error away. */
  say(text: string): void;
}

/** A file to choose or to drop; it stays chosen while a person goes back and forth. */
export function fileStep(limit: number, changed: (file: File | null) => void): FileStep {
  const input = element("input", {
    class: "input",
    id: "import-upload",
    type: "file",
    accept: EXTENSIONS.join(","),
    "aria-describedby": "import-upload-help import-upload-error",
  });
  const error = element("span", { class: "error", id: "import-upload-error" });
  const help = element(
    "span",
    { class: "help", id: "import-upload-help" },
    `${KINDS} with points or polygons, up to ${megabytes(limit)}. Or drop it here.`,
  );
  const node = element(
    "div",
    { class: "field import-drop" },
    element("label", { for: "import-upload" }, "File"),
    input,
    help,
    error,
  );
  const say = (text: string): void => {
    error.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
  };
  input.addEventListener("change", () => changed(input.files?.[0] ?? null));
  bindDrop(node, (files) => {
    input.files = files;
    changed(files[0] ?? null);
  });
  return { node, input, say };
}

function bindDrop(node: HTMLElement, dropped: (files: FileList) => void): void {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    node.classList.add("over");
  };
  node.addEventListener("dragenter", over);
  node.addEventListener("dragover", over);
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("over");
    if (event.dataTransfer?.files.length) dropped(event.dataTransfer.files);
  });
}

/** What is happening: how much has been sent, then the stage of the job. */
export function progressNode(text: string, share: number | null, job?: string): HTMLElement {
  const node = element("div", { class: "upload-progress" }, element("span", {}, text));
  if (share === null) node.prepend(icon("running", "icon tone-running spin"));
  else node.append(bar([{ share, kind: "done" }]));
  if (job) node.append(element("a", { href: `/jobs/${job}/` }, "Open the job"));
  return node;
}

export const sendingWords = (name: string, sent: number, total: number): string =>
  `Sending ${name}: ${bytes(sent)} of ${bytes(total)}`;

export function noticeNode(tone: "good" | "failed" | "attention", ...texts: string[]): HTMLElement {
  const kind = { good: "notice info", failed: "notice failed", attention: "notice" }[tone];
  const words = texts.filter(Boolean).join(" ");
  const role = tone === "failed" ? "alert" : null;
  return element("div", { class: kind, role }, icon(tone), element("span", {}, words));
}
