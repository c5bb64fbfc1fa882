/** The worker of `pglite.ts` for storage on OPFS, as the library's documentation has it. */

interface WorkerModule {
  worker(options: { init(options: { readonly dataDir: string }): Promise<unknown> }): Promise<void>;
}

// @ts-ignore: resolved by the bundler
const { PGlite } = await import("@electric-sql/pglite");
// @ts-ignore: resolved by the bundler
const { worker } = await import("@electric-sql/pglite/worker") as unknown as WorkerModule;
await worker({ init: ({ dataDir }) => PGlite.create({ dataDir }) });
