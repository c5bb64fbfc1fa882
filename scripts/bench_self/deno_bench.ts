/** The same operations for `deno bench --json`. */
Deno.bench("noop", () => {});
Deno.bench("await", async () => {
  await Promise.resolve();
});
