import { ApiError, deleteJson, getJson, patchJson } from "../../api/client";
import { apiCallButton } from "../../ui/api_call";
import { confirmDialog } from "../../ui/dialog";
import { element, icon } from "../../ui/dom";
import { copyText, toast } from "../../ui/toast";
import type { ReviewContext } from "../review/hooks";
import { assigneeChoice, field, severityChoice, showErrors, statusChoice } from "./form";
import { CLOSE_ZOOM, eventText, placeOf, type Remark, type RemarkEvent, STATUS } from "./model";
import type { Remarks } from "./source";

const when = (text: string): string =>
  new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** One remark: what it says, its history, and for those who may, how to change it. */
export function detailView(
  remark: Remark,
  remarks: Remarks,
  review: ReviewContext,
  back: () => void,
): HTMLElement {
  const { properties } = remark;
  const { word, tone } = STATUS[properties.status];
  const node = element("div", { class: "remark-detail stack" });
  const go = element("button", { class: "button quiet small", type: "button" }, icon("target"));
  go.append("Show on the map");
  go.addEventListener("click", () => review.moveTo(placeOf(remark), CLOSE_ZOOM));
  const list = element("button", { class: "button quiet small", type: "button" }, icon("left"));
  list.append("All remarks");
  list.addEventListener("click", back);
  const history = element("ol", { class: "remark-history", "aria-label": "History" });
  const link = element("button", { class: "button quiet small", type: "button" }, icon("link"));
  link.append("Link");
  link.title = "Copy a link to this remark";
  link.addEventListener("click", () => void copyText(linkTo(remark), "Link to the remark copied."));
  node.append(
    element("div", { class: "row tight" }, list, go, link),
    element(
      "div",
      { class: "row" },
      element("strong", {}, `Remark ${properties.number}`),
      element("span", { class: `badge ${tone}` }, icon(tone), word),
    ),
    element("p", { class: "remark-text" }, properties.text),
  );
  if (properties.layer_name) {
    const release = properties.release ? `, release ${properties.release}` : "";
    node.append(element("p", { class: "note" }, `On ${properties.layer_name}${release}.`));
  }
  if (review.project.role !== "viewer") node.append(editForm(remark, remarks, review, back));
  node.append(element("h3", {}, "History"), history);
  void drawHistory(remark, history);
  return node;
}

/** A link that opens the map at the remark, in whatever stack the reader's page begins with. */
function linkTo({ id }: Remark): string {
  return `${location.origin}${location.pathname}?panel=remarks&remark=${id}`;
}

async function drawHistory(remark: Remark, holder: HTMLElement): Promise<void> {
  try {
    const { results } = await getJson<{ results: RemarkEvent[] }>(
      `/api/v1/remarks/${remark.id}/history/`,
    );
    holder.replaceChildren(
      ...results
        .reverse()
        .map((event) =>
          element(
            "li",
            {},
            element("span", {}, `${event.actor?.name ?? "Somebody"} ${eventText(event)}`),
            event.comment ? element("blockquote", {}, event.comment) : null,
            element("small", {}, when(event.at)),
          ),
        ),
    );
  } catch (error) {
    holder.replaceChildren(element("li", { role: "alert" }, (error as Error).message));
  }
}

function editForm(
  remark: Remark,
  remarks: Remarks,
  review: ReviewContext,
  back: () => void,
): HTMLFormElement {
  const { properties } = remark;
  const status = statusChoice(properties.status);
  const severity = severityChoice(properties.severity);
  const assignee = assigneeChoice(review.project.id, properties.assignee);
  const due = element("input", { class: "input", type: "date", name: "due", id: "remark-due" });
  due.value = properties.due ?? "";
  const comment = element("textarea", {
    class: "input",
    name: "comment",
    id: "remark-comment",
    rows: 2,
  });
  const save = element("button", { class: "button primary", type: "submit" }, "Save");
  const remove = element("button", { class: "button quiet danger", type: "button" }, "Delete…");
  const body = (): Record<string, unknown> => ({
    properties: {
      status: status.value,
      severity: severity.value,
      assignee: assignee.value || null,
      due: due.value || null,
      ...(comment.value.trim() ? { comment: comment.value } : {}),
    },
  });
  const path = `/api/v1/remarks/${remark.id}/`;
  const form = element(
    "form",
    { class: "stack" },
    element(
      "div",
      { class: "remark-fields" },
      field("Status", status),
      field("Severity", severity),
    ),
    element("div", { class: "remark-fields" }, field("Assignee", assignee), field("Due", due)),
    field("Comment", comment),
    element(
      "div",
      { class: "row end" },
      apiCallButton(() => ({ method: "PATCH", path, body: body() })),
      remove,
      save,
    ),
  );
  const headers = { "If-Match": `"${properties.revision}"` };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void patchJson<Remark>(path, body(), headers)
      .then(() => remarks.load())
      .then(() => toast(`Remark ${properties.number} saved.`))
      .catch((error: unknown) => stale(error, form, remarks));
  });
  remove.addEventListener("click", async () => {
    const sure = await confirmDialog({
      title: `Delete remark ${properties.number}?`,
      body: "It leaves the map and the lists. To close it with a reason, dismiss it instead.",
      act: "Delete remark",
      keep: "Keep it",
      destructive: true,
    });
    if (!sure) return;
    try {
      await deleteJson(path, headers);
      await remarks.load();
      back();
    } catch (error) {
      stale(error, form, remarks);
    }
  });
  return form;
}

function stale(error: unknown, form: HTMLElement, remarks: Remarks): void {
  showErrors(form, error);
  if (!(error instanceof ApiError) || error.problem.status !== 412) return;
  const again = element("button", { class: "button small", type: "button" }, "Load what is there");
  again.addEventListener("click", () => void remarks.load());
  form.append(again);
}
