import { describe, expect, it } from "vitest";
import { addressOf, groupsFollow, jsonOf } from "../src/ui/api_form";

describe("api forms", () => {
  it("leaves empty fields out and keeps what the page fixed", () => {
    const form = document.createElement("form");
    form.dataset.fixed = '{"project":"p"}';
    form.innerHTML = `<input name="name" value=" Forest "><input name="year" data-type="integer"
      value="2018"><input name="note" value="">`;
    expect(jsonOf(form)).toEqual({ project: "p", name: "Forest", year: 2018 });
  });

  it("gathers dotted names in an object, and only from groups that take part", () => {
    const form = document.createElement("form");
    form.innerHTML = `<select name="grid"><option value="native"></option>
      <option value="own"></option></select><fieldset data-when="grid=own" disabled>
      <input name="grid.crs" value="EPSG:3035"><input name="grid.block" data-type="integer" value="12x">
      <input name="grid.resolution" data-type="number" value="2.5"></fieldset>`;
    groupsFollow(form);
    expect(jsonOf(form)).toEqual({ grid: "native" });
    (form.elements.namedItem("grid") as HTMLSelectElement).value = "own";
    groupsFollow(form);
    expect(form.querySelector("fieldset")?.hidden).toBe(false);
    expect(jsonOf(form)).toEqual({ grid: { crs: "EPSG:3035", block: "12x", resolution: 2.5 } });
  });

  it("fills addresses from the answer", () => {
    expect(addressOf("/jobs/{id}/", { id: "a b" })).toBe("/jobs/a%20b/");
  });
});
