import { readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** htmx is a classic script: it is copied beside the bundle, never bundled. */
const classicHtmx: Plugin = {
  name: "classic-htmx",
  generateBundle() {
    this.emitFile({
      type: "asset",
      fileName: "htmx.min.js",
      source: readFileSync(here("node_modules/htmx.org/dist/htmx.min.js")),
    });
  },
};

export default defineConfig({
  base: "/static/dist/",
  plugins: [classicHtmx],
  resolve: { alias: { leaflet: here("src/leaflet/shim.ts") } },
  build: {
    outDir: "build/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    rollupOptions: {
      input: {
        shell: here("src/entries/shell.ts"),
        map: here("src/entries/map.ts"),
        board: here("src/entries/board.ts"),
        areas: here("src/entries/areas.ts"),
        job: here("src/entries/job.ts"),
        jobs: here("src/entries/jobs.ts"),
        features: here("src/entries/features.ts"),
        launch: here("src/entries/launch.ts"),
        styleguide: here("src/entries/styleguide.ts"),
        catalogue: here("src/entries/catalogue.ts"),
        model: here("src/entries/model.ts"),
        samples: here("src/entries/samples.ts"),
      },
    },
  },
});
