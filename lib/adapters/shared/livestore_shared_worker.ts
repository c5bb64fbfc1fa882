/** The shared worker of `livestore_web.ts`: the library's own, which begins its work when it is loaded. */
// @ts-ignore: resolved by the bundler
await import("@livestore/adapter-web/shared-worker");
