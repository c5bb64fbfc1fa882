/**
 * The signal map, assembled: directions, experiments and beliefs in the schema that resqlite's readers understand
 * (schemaVersion 2). Pure: the same research gives the same bytes.
 */
import { EDGE_TYPES } from "../../model/experiment.ts";
import type { Claim } from "../../model/experiment.ts";
import { judgeClaims, type JudgedClaim } from "./beliefs.ts";
import { dispositionOf, type LoadedExperiment, type Research } from "../sources/load_experiments.ts";

/** Where the assembled map is kept, relative to the root. */
export const SIGNALS_FILE = "experiments/signals.json";

/** Statuses of a direction and what they mean. */
export const STATUS_DEFINITIONS: Readonly<Record<string, string>> = {
  "active": "A good place for the next experiment, on present evidence.",
  "watch":
    "Nothing to do now; look again when the world around it changes: a release, a platform, a workload.",
  "measurement-needed": "The next step is a number, a counter or a workload, not a change.",
  "low-current-signal": "Recent attempts showed little; a new idea or a new workload may change that.",
  "speculative": "Little is known; one bounded attempt is worth its cost.",
  "settled": "Background. A new fact reopens it.",
};

const HEAD = {
  schemaVersion: 2,
  purpose: "What the experiments taught and where the next one may pay. A map, not a list of permissions.",
  schemaNotes: {
    keyPriors: "At most 6 experiments to read before working in the direction.",
    archive: "Older evidence; nobody has to read it.",
    openCandidates: "Dated ideas that wait for somebody. They expire after about 3 months.",
    blockedOnMeasurement:
      "What must be measured before another change is worth trying; empty when nothing must.",
    beliefs: "Generated from the claims of experiments. Never edited.",
  },
  coverage: { experimentEntriesRequiredFrom: 1, directionFieldRequiredFrom: 1 },
  statusDefinitions: STATUS_DEFINITIONS,
};

const BELIEFS_NOTE = "Derived from claims and their edges; edit the claims instead.";

/** The map as plain data, keys in the order in which they are written. */
export function signalMap({ experiments, directions }: Research): Readonly<Record<string, unknown>> {
  const judged = judgeClaims(claimsBySource(experiments));
  return {
    ...HEAD,
    directions: directions.map(({ id, fields }) => {
      const own = experiments.filter(({ experiment }) => experiment.directions.includes(id));
      return { id, ...fields, ...(own.length === 0 ? {} : { beliefs: beliefs(own, judged) }) };
    }),
    experiments: Object.fromEntries(experiments.map((loaded) => [loaded.id, signalEntry(loaded)])),
  };
}

/** The bytes of {@link SIGNALS_FILE}. */
export function signalMapText(research: Research): string {
  const { experiments: _unordered, ...head } = signalMap(research);
  // JavaScript moves keys that look like whole numbers to the front: "127" would come before "079".
  const entries = research.experiments.map((loaded) =>
    `${JSON.stringify(loaded.id)}: ${JSON.stringify(signalEntry(loaded), null, 2)}`
  );
  const body = entries.length === 0 ? "{}" : `{\n${entries.join(",\n").replaceAll(/^/gm, "  ")}\n}`;
  const text = JSON.stringify(head, null, 2).replace(/\n}$/, "");
  return `${text},\n  "experiments": ${body.replaceAll("\n", "\n  ")}\n}\n`;
}

/** Claims by experiment id, in order. */
export function claimsBySource(experiments: readonly LoadedExperiment[]): Map<string, readonly Claim[]> {
  return new Map(experiments.map(({ id, experiment }) => [id, experiment.learned?.claims ?? []]));
}

function signalEntry(loaded: LoadedExperiment): Readonly<Record<string, unknown>> {
  const { experiment } = loaded;
  const disposition = dispositionOf(loaded);
  // What has not ended is in review: the schema knows nothing earlier, and readers must find every experiment.
  const { changedBeliefs = [], nextSignals = [], claims = [], setAside, summary } = experiment.learned ?? {};
  return {
    directions: experiment.directions,
    ...(disposition ?? { outcomeClass: "in_review" }),
    ...(noteOf(
      setAside?.because,
      summary,
      disposition === undefined ? experiment.withoutEvidence : undefined,
    )),
    experimentClass: experiment.experimentClass,
    changedBeliefs,
    nextSignals,
    ...(claims.length === 0 ? {} : {
      claims: claims.map(({ id, text, conditions, edges = [] }) => ({
        id,
        text,
        ...(conditions === undefined ? {} : { conditions }),
        edges: edges.toSorted((a, b) => EDGE_TYPES.indexOf(a.type) - EDGE_TYPES.indexOf(b.type))
          .map(({ type, target }) => ({ type, target })),
      })),
    }),
  };
}

function noteOf(...parts: readonly (string | undefined)[]): { readonly outcomeNote?: string } {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? {} : { outcomeNote: known.join(" ") };
}

function beliefs(
  own: readonly LoadedExperiment[],
  judged: readonly JudgedClaim[],
): Readonly<Record<string, unknown>> {
  const ids = new Set(own.map(({ id }) => id));
  const mine = judged.filter(({ source }) => ids.has(source));
  const group = (state: JudgedClaim["state"]) => mine.filter((one) => one.state === state).map(beliefItem);
  const [superseded, refuted, unsupported] = [group("superseded"), group("refuted"), group("unsupported")];
  return {
    note: BELIEFS_NOTE,
    coverage: {
      entriesWithClaims: own.filter(({ experiment }) => (experiment.learned?.claims.length ?? 0) > 0).length,
      entriesInDirection: own.length,
    },
    live: group("live"),
    ...(superseded.length === 0 ? {} : { superseded }),
    ...(refuted.length === 0 ? {} : { refuted }),
    ...(unsupported.length === 0 ? {} : { unsupported }),
  };
}

function beliefItem({ claim: { id, text, conditions }, source, by }: JudgedClaim) {
  return {
    id,
    source,
    text,
    ...(conditions === undefined ? {} : { conditions }),
    ...(by.length === 0 ? {} : { by }),
  };
}
