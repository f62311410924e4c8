import { describe, expect, it } from "vitest";
import { addressOf, jsonOf } from "../src/ui/api_form";

describe("api forms", () => {
  it("leaves empty fields out and keeps what the page fixed", () => {
    const form = document.createElement("form");
    form.dataset.fixed = '{"project":"p"}';
    form.innerHTML = `<input name="name" value=" Forest "><input name="year" data-type="integer"
      value="2018"><input name="note" value="">`;
    expect(jsonOf(form)).toEqual({ project: "p", name: "Forest", year: 2018 });
  });

  it("fills addresses from the answer", () => {
    expect(addressOf("/jobs/{id}/", { id: "a b" })).toBe("/jobs/a%20b/");
  });
});
