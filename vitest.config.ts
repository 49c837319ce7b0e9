import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{functions,shared,infra,local,bench,examples}/**/*.test.ts", "test/**/*.test.ts"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
