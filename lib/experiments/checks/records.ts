/** Checks of stored runs: what is kept is what was measured. */
import { join } from "node:path";
import { publishedSchemas } from "../../record/schema.ts";
import { readRegularFile } from "../sources/regular_file.ts";
import { publishedOutcomeSchemas } from "../sources/schema.ts";
import { firstDifference } from "../sources/text_difference.ts";
import type { Fault } from "../sources/fault.ts";
import type { Check } from "./check.ts";

/** Records are sound. */
export const records: Check = {
  id: "records",
  title: "Every stored run has the shape and the digests that it was sealed with",
  run({ runs }) {
    const digests = new Map(runs.map(({ name, header }) => [name, header?.sha256]));
    return runs.flatMap(({ recordFaults, cited = [] }) => [
      ...recordFaults,
      ...cited.flatMap(({ run, sha256, file }): Fault[] => {
        if (digests.get(run) === sha256) return [];
        const actual = !digests.has(run) ? "there is none" : `its digest is ${digests.get(run) ?? "unknown"}`;
        const message =
          `a study must rest on a stored run with the digest that it names: of "${run}", ${actual}`;
        return [{ rule: "study-run", file, message }];
      }),
    ]);
  },
};

/** Reports are views. */
export const reports: Check = {
  id: "reports",
  title: "Every stored report is, byte for byte, what its record renders to",
  run: ({ runs }) => runs.flatMap(({ reportFaults }) => reportFaults),
};

/** Published formats are current. A repository that publishes none has nothing to keep current. */
export const schemas: Check = {
  id: "schemas",
  title: "The published JSON Schemas are what the code says",
  run({ input: { root } }) {
    const published = { ...publishedSchemas(), ...publishedOutcomeSchemas() };
    return Object.entries(published).flatMap(([name, expected]): Fault[] => {
      const file = `schemas/${name}`;
      const stored = readRegularFile(join(root, file));
      if (stored === undefined) return [];
      if ("fault" in stored) return [{ rule: "schema-stale", file, message: stored.fault }];
      const difference = firstDifference(stored.text, expected);
      if (difference === undefined) return [];
      const message =
        `a schema must be what the code says: ${difference.text}; "deno task schemas" writes it again`;
      return [{ rule: "schema-stale", file, line: difference.line, message }];
    });
  },
};
