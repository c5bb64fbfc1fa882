/** What the saboteur can do, by what must come of it. */
import { REALM_PATCHES, type RealmPatch } from "./patch_realm.ts";

/** Unusual, and nobody's fault. */
export const LEGAL_WAYS = [
  "is-honest",
  "delivers-every-50-ms",
  "delivers-superseded-states-late",
  "repeats",
  "coalesces",
  "delivers-first-results-later",
  "orders-keys-otherwise",
  "freezes-rows",
  "shares-arrays",
  "answers-with-thenables",
  "chatters",
  "prints-dots",
] as const;

/** Wrong in what is shown, read or kept. */
export const LIES = [
  "skips-unwatched-writes",
  "keeps-half-of-each-batch",
  "shows-a-batch-before-its-commit",
  "shows-null-as-text",
  "trims-text",
  "normalizes-text",
  "makes-numbers-of-text",
  "shows-32-bits",
  "shortens-large-windows",
  "shows-old-states-again",
  "loses-the-last-change",
  "misreads",
  "brings-no-live-queries",
  "changes-rows-afterwards",
] as const;

/** Wrong where a block of the bench does not look. */
export const SUITE_LIES = [
  "swallows-refusals",
  "shows-what-was-refused",
  "shows-old-states-late",
  "delivers-after-its-end",
  "keeps-closed-live-queries",
  "forgets-the-last-of-a-rollback",
] as const;

/** Against the process, the channel or the clock. */
export const ASSAULTS = [
  "writes-into-the-channel",
  "leaves-with-a-perfect-result",
  "hangs-in-a-write",
  "spins-in-a-write",
  "floods",
  "raises-in-the-background",
  "leaves-a-process-behind",
] as const;

/** Patches of the realm: `patches-` and what is patched. */
export const PATCHES: readonly `patches-${RealmPatch}`[] = REALM_PATCHES.map((patch) =>
  `patches-${patch}` as const
);

/** All of them. */
export const WAYS = [...LEGAL_WAYS, ...LIES, ...SUITE_LIES, ...ASSAULTS, ...PATCHES] as const;

/** One of them. */
export type Way = typeof WAYS[number];
