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
  "commits-in-groups-and-acknowledges-then",
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

/** Wrong in what a block of the bench sees, by when it comes. */
export const LATE_LIES = [
  "shows-old-states-once-all-is-quiet",
  "fills-rows-in-later",
  "delivers-after-close",
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

/** Claims durability and keeps less: seen only when the process is killed, or another one looks. */
export const FORGETTERS = [
  "keeps-data-in-memory",
  "saves-a-snapshot-now-and-then",
  "acknowledges-before-its-commit",
  "commits-every-50-ms",
  "deletes-its-file-at-close",
  "pauses-halfway-in-a-batch",
] as const;

/** Keeps less and says so: legal. */
export const MODEST_WAYS = [
  "saves-a-snapshot-now-and-then-as-it-says",
  "pauses-halfway-in-a-batch-as-it-says",
] as const;

/** Shows what is right, and is not what it says, or does not rest: it gets a warning. */
export const IMPOSTORS = ["works-in-a-thread-and-says-caller", "runs-queries-for-ever"] as const;

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
export const WAYS = [
  ...LEGAL_WAYS,
  ...LIES,
  ...LATE_LIES,
  ...SUITE_LIES,
  ...FORGETTERS,
  ...MODEST_WAYS,
  ...IMPOSTORS,
  ...ASSAULTS,
  ...PATCHES,
] as const;

/** One of them. */
export type Way = typeof WAYS[number];
