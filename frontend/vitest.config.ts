import { fileURLToPath, URL } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: { leaflet: fileURLToPath(new URL("tests/leaflet.stub.ts", import.meta.url)) },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
