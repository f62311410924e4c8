import { describe, expect, it } from "vitest";
import { addressOf, featureSetOf, jsonOf } from "../src/ui/api_form";

describe("api forms", () => {
  it("leaves empty fields out and keeps what the page fixed", () => {
    const form = document.createElement("form");
    form.dataset.fixed = '{"project":"p"}';
    form.innerHTML = `<input name="name" value=" Forest "><input name="year" data-type="integer"
      value="2018"><input name="note" value="">`;
    expect(jsonOf(form)).toEqual({ project: "p", name: "Forest", year: 2018 });
  });

  it("makes every statistic of every source, with names that are words", () => {
    const body = featureSetOf({
      name: "set",
      sources: "B04, (B08-B04)/(B08+B04)",
      statistics: "p010, p090",
      window: "03-15/10-31",
    });
    expect(body).toMatchObject({ name: "set" });
    const features = body.features as { name: string; window: string }[];
    expect(features).toHaveLength(4);
    expect(features[0]).toEqual({
      name: "B04_p010",
      source: "B04",
      statistic: "p010",
      window: "03-15/10-31",
    });
    expect(features.every((feature) => /^\w+$/.test(feature.name))).toBe(true);
  });

  it("fills addresses from the answer", () => {
    expect(addressOf("/jobs/{id}/", { id: "a b" })).toBe("/jobs/a%20b/");
  });
});
