import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonPathText } from "../../sources/json_path.ts";
import { type SignalContext, validateSignals } from "./mod.ts";

/** A small map as resqlite keeps one; loosely typed, since tests break it. */
// deno-lint-ignore no-explicit-any -- every test damages another field
function foreignMap(): any {
  return {
    schemaVersion: 2,
    purpose: "Research map.",
    schemaNotes: { keyPriors: "At most 6." },
    coverage: { experimentEntriesRequiredFrom: 110, directionFieldRequiredFrom: 110 },
    statusDefinitions: { active: "Good.", settled: "Background." },
    directions: [
      {
        id: "stream-rerun-dispatch",
        status: "active",
        subsystems: ["streaming"],
        currentRead: "Queue changes won and lost.",
        keyPriors: ["120", "121"],
        archive: ["045"],
        interestingIf: ["a trace shows it"],
        openQuestions: ["Can it be earlier?"],
        openCandidates: [{
          idea: "coalescing",
          addedDate: "2026-05-02",
          addedAfter: "120",
          blockedOn: "a counter",
        }],
        blockedOnMeasurement: [],
        notesForExperimenters: "Avoid larger pools.",
        beliefs: {
          note: "generated",
          coverage: { entriesWithClaims: 2, entriesInDirection: 2 },
          live: [{ id: "121.1", source: "121", text: "b" }],
          superseded: [{ id: "120.1", source: "120", text: "a", by: ["121.1"] }],
        },
      },
      {
        id: "measurement-system",
        status: "settled",
        subsystems: ["bench"],
        currentRead: "Fine.",
        keyPriors: ["045"],
        notesForExperimenters: "None.",
      },
    ],
    experiments: {
      "120": {
        directions: ["stream-rerun-dispatch"],
        outcomeClass: "accepted",
        outcomeReason: "performance",
        changedBeliefs: ["x"],
        nextSignals: [],
        claims: [{ id: "120.1", text: "a", conditions: "AOT", edges: [] }],
      },
      "121": {
        directions: ["stream-rerun-dispatch"],
        outcomeClass: "rejected",
        outcomeReason: "premise_refuted",
        outcomeNote: "nuance",
        experimentClass: "moonshot",
        claims: [{ id: "121.1", text: "b", edges: [{ type: "supersedes", target: "120.1" }] }],
      },
    },
  };
}

const KNOWN: SignalContext = {
  experiments: new Map([["045", "accepted"], ["120", "accepted"], ["121", "rejected"]]),
  today: "2026-06-01",
};

// deno-lint-ignore no-explicit-any -- see foreignMap
type Damage = (map: any, direction: any, entry: any, claim: any) => void;

/** Rule and path that each damage must lead to. */
const ERRORS: readonly (readonly [rule: string, path: string, damage: Damage])[] = [
  ["schema-version", "schemaVersion", (map) => map.schemaVersion = "2"],
  ["text", "purpose", (map) => map.purpose = " "],
  ["coverage", "coverage", (map) => map.coverage = 110],
  [
    "coverage",
    "coverage.directionFieldRequiredFrom",
    (map) => delete map.coverage.directionFieldRequiredFrom,
  ],
  ["status-definitions", "statusDefinitions", (map) => delete map.statusDefinitions],
  ["status-definitions", "statusDefinitions.active", (map) => map.statusDefinitions.active = ""],
  ["directions", "directions", (map) => map.directions = {}],
  ["directions", "directions[1]", (map) => map.directions[1] = "x"],
  ["direction-id", "directions[0].id", (_, direction) => direction.id = "Stream_Rerun"],
  ["direction-duplicate", "directions[1].id", (map) => map.directions[1].id = "stream-rerun-dispatch"],
  ["direction-status", "directions[0].status", (_, direction) => direction.status = "actve"],
  ["texts", "directions[0].subsystems", (_, direction) => direction.subsystems = []],
  ["texts", "directions[0].subsystems[0]", (_, direction) => direction.subsystems = [""]],
  ["text", "directions[0].currentRead", (_, direction) => delete direction.currentRead],
  ["key-prior", "directions[0].keyPriors", (_, direction) => direction.keyPriors = []],
  ["key-prior-unknown", "directions[0].keyPriors[2]", (_, direction) => direction.keyPriors.push("999")],
  [
    "key-priors-count",
    "directions[0].keyPriors",
    (_, direction) => direction.keyPriors = Array(7).fill("120"),
  ],
  ["archive-unknown", "directions[0].archive[0]", (_, direction) => direction.archive = ["998"]],
  ["archive-overlap", "directions[0].archive[1]", (_, direction) => direction.archive.push("120")],
  ["texts", "directions[0].interestingIf[0]", (_, direction) => direction.interestingIf = [7]],
  ["texts", "directions[0].openQuestions", (_, direction) => direction.openQuestions = "none"],
  [
    "texts",
    "directions[0].blockedOnMeasurement[0]",
    (_, direction) => direction.blockedOnMeasurement = [" "],
  ],
  ["candidates", "directions[0].openCandidates[0]", (_, direction) => direction.openCandidates = ["idea"]],
  ["text", "directions[0].openCandidates[0].idea", (_, direction) => direction.openCandidates[0].idea = ""],
  [
    "candidate-date",
    "directions[0].openCandidates[0].addedDate",
    (_, direction) => direction.openCandidates[0].addedDate = "May 2026",
  ],
  [
    "candidate-added-after",
    "directions[0].openCandidates[0].addedAfter",
    (_, direction) => direction.openCandidates[0].addedAfter = "997",
  ],
  [
    "text",
    "directions[0].openCandidates[0].blockedOn",
    (_, direction) => direction.openCandidates[0].blockedOn = "",
  ],
  ["text", "directions[0].notesForExperimenters", (_, direction) => direction.notesForExperimenters = null],
  ["experiments", "experiments", (map) => map.experiments = []],
  [
    "entry-unknown",
    'experiments["500"]',
    (map, _, entry) => map.experiments["500"] = { ...entry, claims: [] },
  ],
  ["entry-missing", "experiments", (map) => delete map.experiments["120"]],
  ["entry-directions", 'experiments["120"].directions', (_, __, entry) => entry.directions = []],
  [
    "entry-direction-unknown",
    'experiments["120"].directions[0]',
    (_, __, entry) => entry.directions = ["stream-rerun-dispatsh"],
  ],
  ["outcome-class", 'experiments["120"].outcomeClass', (_, __, entry) => entry.outcomeClass = "acepted"],
  ["outcome-reason-missing", 'experiments["120"]', (_, __, entry) => delete entry.outcomeReason],
  [
    "outcome-reason",
    'experiments["120"].outcomeReason',
    (_, __, entry) => entry.outcomeReason = "below_signal",
  ],
  [
    "outcome-reason-forbidden",
    'experiments["121"].outcomeReason',
    (map) => map.experiments["121"].outcomeClass = "deferred",
  ],
  [
    "outcome-reason-retired",
    'experiments["121"].outcomeReason',
    (map) => map.experiments["121"].outcomeReason = "unspecified",
  ],
  [
    "outcome-status",
    'experiments["121"].outcomeClass',
    (map) =>
      Object.assign(map.experiments["121"], { outcomeClass: "accepted", outcomeReason: "performance" }),
  ],
  ["texts", 'experiments["120"].changedBeliefs[0]', (_, __, entry) => entry.changedBeliefs = [""]],
  ["texts", 'experiments["120"].nextSignals', (_, __, entry) => entry.nextSignals = {}],
  ["claims", 'experiments["120"].claims', (_, __, entry) => entry.claims = {}],
  ["unknown-key", 'experiments["120"].claims[0].state', (_, __, ___, claim) => claim.state = "live"],
  [
    "unknown-key",
    'experiments["121"].claims[0].edges[0].why',
    (map) => map.experiments["121"].claims[0].edges[0].why = "x",
  ],
  ["claim-id", 'experiments["120"].claims[0].id', (_, __, ___, claim) => claim.id = "121.2"],
  [
    "claim-duplicate",
    'experiments["120"].claims[1].id',
    (_, __, entry, claim) => entry.claims.push({ ...claim }),
  ],
  ["text", 'experiments["120"].claims[0].text', (_, __, ___, claim) => claim.text = ""],
  [
    "claim-conditions",
    'experiments["120"].claims[0].conditions',
    (_, __, ___, claim) => claim.conditions = 3,
  ],
  ["claim-edges", 'experiments["120"].claims[0].edges', (_, __, ___, claim) => claim.edges = "120.2"],
  [
    "claim-edge-type",
    'experiments["120"].claims[0].edges[0].type',
    (_, __, ___, claim) => claim.edges = [{ type: "supercedes", target: "121.1" }],
  ],
  [
    "claim-edge-self",
    'experiments["120"].claims[0].edges[0].target',
    (_, __, ___, claim) => claim.edges = [{ type: "refines", target: "120.1" }],
  ],
  [
    "claim-edge-target",
    'experiments["120"].claims[0].edges[0].target',
    (_, __, ___, claim) => claim.edges = [{ type: "refines", target: "120.9" }],
  ],
];

const ADVICE: readonly (readonly [rule: string, path: string, damage: Damage])[] = [
  ["schema-version-unknown", "schemaVersion", (map) => map.schemaVersion = 3],
  ["unknown-key", "note", (map) => map.note = "x"],
  ["unknown-key", "directions[0].owner", (_, direction) => direction.owner = "me"],
  [
    "unknown-key",
    "directions[0].openCandidates[0].owner",
    (_, direction) => direction.openCandidates[0].owner = "me",
  ],
  ["unknown-key", 'experiments["120"].ouctomeNote', (_, __, entry) => entry.ouctomeNote = "x"],
  ["key-prior-duplicate", "directions[0].keyPriors[2]", (_, direction) => direction.keyPriors.push("120")],
  [
    "candidate-date-unreal",
    "directions[0].openCandidates[0].addedDate",
    (_, direction) => direction.openCandidates[0].addedDate = "2026-02-29",
  ],
  [
    "candidate-date-future",
    "directions[0].openCandidates[0].addedDate",
    (_, direction) => direction.openCandidates[0].addedDate = "2026-06-02",
  ],
  [
    "stale-candidate",
    "directions[0].openCandidates[0].addedDate",
    (_, direction) => direction.openCandidates[0].addedDate = "2026-02-28",
  ],
  [
    "claim-cycle",
    'experiments["120"].claims[0]',
    (map, _, __, claim) => {
      claim.edges = [{ type: "dependsOn", target: "121.1" }];
      map.experiments["121"].claims[0].edges.push({ type: "dependsOn", target: "120.1" });
    },
  ],
  ["beliefs-stale", "directions[0].beliefs.live[0]", (map) => map.experiments["121"].claims = []],
  ["beliefs-stale", "directions[0].beliefs", (_, direction) => direction.beliefs.live = []],
];

Deno.test("validateSignals() finds nothing in a sound map", () => {
  assert.deepEqual(validateSignals(foreignMap(), KNOWN), []);
});

for (const [severity, cases] of [["error", ERRORS], ["advice", ADVICE]] as const) {
  for (const [rule, path, damage] of cases) {
    Deno.test(`validateSignals() gives ${severity} "${rule}" at ${path}`, () => {
      const map = foreignMap();
      const entry = map.experiments["120"];
      damage(map, map.directions[0], entry, entry.claims[0]);
      const found = validateSignals(map, KNOWN).map((
        fault,
      ) => [fault.severity, fault.rule, jsonPathText(fault.path)]);
      assert.ok(
        found.some((one) => one.join() === [severity, rule, path].join()),
        `found:\n${found.map((one) => one.join(" ")).join("\n")}`,
      );
    });
  }
}

Deno.test("validateSignals() collects all faults, in the order of the document", () => {
  const map = foreignMap();
  map.purpose = "";
  map.directions[0].keyPriors.push("999");
  map.experiments["121"].outcomeClass = "lost";
  const rules = validateSignals(map, KNOWN).map(({ rule }) => rule);
  assert.deepEqual(rules, ["text", "key-prior-unknown", "outcome-class", "outcome-status"]);
});

Deno.test("validateSignals() takes free endings of outcomes where no entry has a reason", () => {
  const map = foreignMap();
  for (const entry of Object.values<Record<string, unknown>>(map.experiments)) delete entry["outcomeReason"];
  map.experiments["120"].outcomeClass = "accepted_low_risk";
  map.experiments["121"].outcomeClass = "benchmark_gap";
  assert.deepEqual(validateSignals(map, KNOWN), []);
  map.experiments["121"].outcomeClass = "in_review_soak";
  assert.deepEqual(validateSignals(map, KNOWN).map(({ rule }) => rule), ["outcome-status"]);
  map.experiments["121"].outcomeClass = "shelved";
  assert.deepEqual(validateSignals(map, KNOWN).map(({ rule }) => rule), ["outcome-class"]);
});

Deno.test("validateSignals() lets the one old entry keep its retired reason", () => {
  const map = foreignMap();
  map.experiments["241"] = { ...map.experiments["121"], outcomeReason: "unspecified", claims: [] };
  const experiments = new Map([...KNOWN.experiments!, ["241", "rejected" as const]]);
  assert.deepEqual(validateSignals(map, { ...KNOWN, experiments }), []);
});

Deno.test("validateSignals() names the option that tells whether experiments without an entry exist", () => {
  const found = validateSignals(foreignMap());
  assert.deepEqual(found.map(({ severity, rule, path }) => `${severity} ${rule} ${jsonPathText(path)}`), [
    "advice experiments-unlisted directions[0].archive[0]",
  ]);
  assert.match(found[0]!.message, /--index <path> or --experiments <ids> says whether there is 045$/);
  const map = foreignMap();
  map.directions[0]!.archive = ["nonsense"];
  const [stranger] = validateSignals(map);
  assert.deepEqual([stranger!.rule, stranger!.message], [
    "archive-unknown",
    'it must be a known experiment: "nonsense" is none',
  ]);
});

Deno.test("validateSignals() allows both forms in a map in transition, and names the option that tells them apart", () => {
  const map = foreignMap();
  map.experiments["121"] = { ...map.experiments["121"], outcomeClass: "rejected_below_current_signal" };
  delete map.experiments["121"]!["outcomeReason"];
  const [mixed, ...others] = validateSignals(map, KNOWN);
  assert.deepEqual([mixed!.severity, mixed!.rule, others], ["advice", "outcomes-mixed", []]);
  assert.match(mixed!.message, /1 have the older one, 1 the final one .* --outcomes final names those/);
  assert.deepEqual(validateSignals(map, { ...KNOWN, vocabulary: "older" }), []);
  assert.deepEqual(validateSignals(map, { ...KNOWN, vocabulary: "final" }).map(({ rule }) => rule), [
    "outcome-class",
    "outcome-status",
  ]);
});

Deno.test("validateSignals() never throws, whatever the JSON is", () => {
  const parts = fc.constantFrom(
    "directions",
    "experiments",
    "coverage",
    "statusDefinitions",
    "claims",
    "edges",
    "120",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(parts, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(fc.property(tree, (map) => {
    for (const { path } of validateSignals(map, KNOWN)) jsonPathText(path);
    validateSignals(map);
  }));
});

Deno.test("validateSignals() never throws when any one value of a sound map is replaced", () => {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (Array.isArray(value)) value.forEach((item, index) => walk(item, [...path, index]));
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(foreignMap(), []);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
      const map = foreignMap();
      const parent = path.slice(0, -1).reduce((at, step) => at[step], map);
      parent[path.at(-1)!] = value;
      validateSignals(map, KNOWN);
    }),
    { numRuns: 300 },
  );
});
