import { openDialog } from "../../ui/dialog";
import { element } from "../../ui/dom";
import type { ReviewContext } from "./hooks";
import { keyOf, sidesOf } from "./state";

const SIDE_WORDS = { left: "left of the line", right: "right of the line", both: "both sides" };

/** The stack as a table: what the map shows, for those who do not see it. */
export function stackTable(review: ReviewContext): HTMLElement {
  const { stack, mode } = review.store.get();
  const sides = sidesOf(stack);
  const heads = ["Order", "Name", "What", "Shown", "Opacity", "Left out"];
  const rows = stack.map((entry, at) => {
    const source = review.sourceOf(entry);
    const names = entry.hidden.map(
      (code) => source?.legend.find((row) => row.code === code)?.name ?? String(code),
    );
    const side = sides.get(keyOf(entry));
    const where = mode === "swipe" && side ? SIDE_WORDS[side] : "yes";
    const cells = [
      String(at + 1),
      source?.title ?? "Loading …",
      source?.note ?? "",
      entry.visible ? where : "no",
      `${Math.round(entry.opacity * 100)} %`,
      names.join(", ") || (entry.limits ? "values outside the limits" : "nothing"),
    ];
    return element("tr", {}, ...cells.map((text) => element("td", {}, text)));
  });
  return element(
    "table",
    { class: "table" },
    element("caption", { class: "note" }, "The first row lies on top."),
    element(
      "thead",
      {},
      element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text))),
    ),
    element("tbody", {}, ...rows),
  );
}

export function tableDialog(review: ReviewContext): void {
  const close = element("button", { class: "button", type: "button" }, "Close");
  const box = element(
    "div",
    { class: "table-wrap", tabindex: 0, "aria-label": "Stack" },
    stackTable(review),
  );
  const opened = openDialog({
    title: "The stack as a table",
    body: box,
    actions: [close],
    wide: true,
  });
  close.addEventListener("click", opened.close);
}
