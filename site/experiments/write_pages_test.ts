import assert from "node:assert/strict";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { loadExperiments } from "../../lib/experiments/sources/load_experiments.ts";
import { type MadeExperiments, makeExperiments, RUN } from "./_fixture.ts";
import type { ExperimentsView, ExperimentView } from "./view.ts";
import { type ExperimentPagesOutcome, EXPERIMENTS_LINK, writeExperimentPages } from "./write_pages.ts";

interface Repository extends MadeExperiments {
  readonly out: string;
  readonly write: () => Promise<ExperimentPagesOutcome>;
}

async function withRepository(steps: (repository: Repository) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync({ prefix: "watchbench-pages-" });
  try {
    const made = makeExperiments(root);
    const out = join(root, "site");
    Deno.mkdirSync(out);
    const site = {
      out,
      results: join(root, "results"),
      links: [{ text: "Runs", path: "index.html" }, EXPERIMENTS_LINK],
      hrefs: new Map([[RUN, `run.html?run=${RUN}`]]),
    };
    await steps({
      ...made,
      out,
      write: async () => writeExperimentPages(await loadExperiments(root), site),
    });
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function dataOf<View>(out: string, path: string): View {
  const page = Deno.readTextFileSync(join(out, path));
  const base64 = /id="page-data">([^<]*)</.exec(page)![1]!;
  return JSON.parse(inflateRawSync(Uint8Array.fromBase64(base64)).toString()) as View;
}

const FASTER_PAGE = "experiments/007-faster.html";

Deno.test("writeExperimentPages() writes a page for each experiment and names what it cannot read", async () => {
  await withRepository(async ({ out, write }) => {
    const { pageCount, readCount, strays } = await write();
    assert.deepEqual([pageCount, readCount], [3, 2]);
    assert.deepEqual(strays.map(({ path }) => path), ["experiments/011_damaged.ts"]);
    assert.match(strays[0]!.reason, /title: .*; question: /);
    const view = dataOf<ExperimentsView>(out, "experiments.html");
    assert.deepEqual(
      view.experiments.map(({ id, href, days, standingText }) => [id, href, days, standingText]),
      [
        [
          "007",
          FASTER_PAGE,
          { asked: "2026-11-22", learned: "2026-11-22" },
          "accepted (performance)",
        ],
        [
          "009",
          "experiments/009-refuting.html",
          { asked: "2026-11-24", learned: "2026-11-25" },
          "rejected (regression)",
        ],
        ["010", "experiments/010-planned.html", { asked: "2026-11-26" }, "planned"],
      ],
    );
    assert.deepEqual(view.directions[0]!.candidates.map(({ addedDate }) => addedDate), [
      "2026-11-20",
      "2026-11-26",
    ]);
  });
});

Deno.test("writeExperimentPages() shows each pair's ratio, the recorded noise, and where the bar lies", async () => {
  await withRepository(async ({ out, write }) => {
    await write();
    const { criteria, evidence, commands, winner, traces, tables } = dataOf<ExperimentView>(out, FASTER_PAGE);
    const [cost, wall, emissions] = criteria as [
      ExperimentView["criteria"][number],
      ExperimentView["criteria"][number],
      ExperimentView["criteria"][number],
    ];
    const [after] = cost.arms;
    assert.equal(winner, "after");
    assert.equal(after!.ratios.length, 10);
    assert.equal(after!.comparison!.pairCount, 10);
    assert.deepEqual([after!.comparison!.floor, after!.comparison!.isCalibrated], [0.04, true]);
    // The estimate lies among the dots.
    const sorted = after!.ratios.toSorted((a, b) => a - b);
    assert.ok(sorted[0]! <= after!.comparison!.ratio && after!.comparison!.ratio <= sorted.at(-1)!);
    assert.deepEqual(cost.line, { kind: "ratio", at: 0.95, passes: "below" });
    assert.deepEqual(wall.line, { kind: "ratio", at: 1.05, passes: "below" });
    assert.deepEqual(emissions.line, { kind: "value", at: 9, passes: "below" });
    assert.deepEqual(emissions.arms.map(({ arm, value, result }) => [arm, value, result]), [
      ["after", 8, "pass"],
      ["before", 100, undefined],
    ]);
    assert.deepEqual(evidence, [
      { run: { text: RUN, href: `../run.html?run=${RUN}` }, role: "comparison", trouble: "" },
    ]);
    assert.equal(commands[0], "deno task experiment --id 007");
    assert.deepEqual(
      traces.map(({ name, deliveryCount, unshownCount }) => [name, deliveryCount, unshownCount]),
      [
        ["after", 3, 0],
      ],
    );
    assert.deepEqual(tables.map(({ title }) => title), ["Where time goes"]);
  });
});

Deno.test("writeExperimentPages() links claims both ways and judges them by all that is known", async () => {
  await withRepository(async ({ out, write }) => {
    await write();
    const { claims } = dataOf<ExperimentView>(out, FASTER_PAGE);
    assert.deepEqual(claims.map(({ id, state }) => [id, state]), [["007.1", "refuted"], [
      "007.2",
      "unsupported",
    ]]);
    assert.deepEqual(claims[0]!.by, [{ text: "009.1", href: "009-refuting.html#claim-009.1" }]);
    assert.deepEqual(
      claims[1]!.edges.map(({ type, isIncoming, other }) => [type, isIncoming, other.text]),
      [["dependsOn", false, "007.1"], ["refines", true, "009.1"]],
    );
  });
});

Deno.test("writeExperimentPages() reads a run once, and again when it has changed or the memory is damaged", async () => {
  await withRepository(async ({ root, out, write }) => {
    await write();
    const first = Deno.readTextFileSync(join(out, FASTER_PAGE));
    assert.equal((await write()).readCount, 0);
    const memory = join(out, "data/experiments.json.gz");
    Deno.truncateSync(memory, 40);
    // 007 and 009 rest on one run, but on different criteria.
    assert.equal((await write()).readCount, 2);
    const blocks = join(root, "results", RUN, "blocks.jsonl");
    Deno.writeTextFileSync(blocks, Deno.readTextFileSync(blocks));
    assert.equal((await write()).readCount, 2);
    assert.equal(Deno.readTextFileSync(join(out, FASTER_PAGE)), first);
  });
});

for (
  const [what, damage, trouble] of [
    ["damaged", (folder: string) => Deno.writeTextFileSync(join(folder, "blocks.jsonl"), "{}\n"), /blocks/],
    ["without blocks", (folder: string) => Deno.removeSync(join(folder, "blocks.jsonl")), /blocks\.jsonl/],
  ] as const
) {
  Deno.test(`writeExperimentPages() keeps verdicts and leaves dots out when a run is ${what}`, async () => {
    await withRepository(async ({ root, out, write }) => {
      damage(join(root, "results", RUN));
      assert.equal((await write()).pageCount, 3);
      const { criteria, evidence } = dataOf<ExperimentView>(out, FASTER_PAGE);
      assert.match(evidence[0]!.trouble, trouble);
      assert.deepEqual(criteria[0]!.arms[0]!.ratios, []);
      assert.equal(criteria[0]!.arms[0]!.comparison!.pairCount, 10);
    });
  });
}

Deno.test("writeExperimentPages() leaves dots out when the run is another one than was judged", async () => {
  await withRepository(async ({ root, out, write }) => {
    const file = join(root, "experiments/007_faster.outcome.json");
    const outcome = JSON.parse(Deno.readTextFileSync(file));
    outcome.evidence[0].sha256 = "0".repeat(64);
    Deno.writeTextFileSync(file, JSON.stringify(outcome));
    await write();
    const { evidence, criteria } = dataOf<ExperimentView>(out, FASTER_PAGE);
    assert.match(evidence[0]!.trouble, /another digest/);
    assert.deepEqual(criteria[0]!.arms[0]!.ratios, []);
  });
});

Deno.test("writeExperimentPages() shows today's calibration beside the recorded one, and passes over a damaged one", async () => {
  await withRepository(async ({ root, run, out, write }) => {
    const { machineId, cpuModel } = run.environment;
    const [cell] = run.settings.cells;
    const file = join(root, "results/calibration", `${machineId}.json`);
    Deno.mkdirSync(join(root, "results/calibration"));
    Deno.writeTextFileSync(
      file,
      JSON.stringify({
        schemaVersion: 1,
        machineId,
        cpuModel,
        deno: "2.9.6",
        recordedAt: "2026-11-23T00:00:00.000Z",
        cells: [{
          cellKey: cell!.key,
          run: "2026-11-23T00-00-00-calibrate",
          sha256: "a".repeat(64),
          pairCount: 8,
          disturbedRoundCount: 0,
          lopsided: [],
          readings: [{
            phase: "burst",
            quantity: { metric: "wall_ns" },
            spread: 0.1,
            floors: [{ pairCount: 6, share: 0.07 }],
          }],
        }],
      }),
    );
    await write();
    const view = dataOf<ExperimentView>(out, FASTER_PAGE);
    assert.equal(view.criteria[1]!.arms[0]!.comparison!.floorNow, 0.07);
    assert.equal(view.criteria[0]!.arms[0]!.comparison!.floorNow, undefined);
    assert.match(view.noise, /Calibrated in 2026-11-23T00-00-00-calibrate$/);
    Deno.writeTextFileSync(file, "{");
    await write();
    const { criteria } = dataOf<ExperimentView>(out, FASTER_PAGE);
    assert.equal(criteria[1]!.arms[0]!.comparison!.floorNow, undefined);
    assert.equal(criteria[1]!.arms[0]!.ratios.length, 10);
  });
});

Deno.test("writeExperimentPages() removes pages of experiments that are gone, and everything when there are none", async () => {
  await withRepository(async ({ root, out, write }) => {
    await write();
    Deno.writeTextFileSync(join(out, "experiments/mine.html"), "not ours");
    Deno.removeSync(join(root, "experiments/010_planned.ts"));
    await write();
    const names = (): string[] =>
      [...Deno.readDirSync(join(out, "experiments"))].map(({ name }) => name).sort();
    assert.deepEqual(names(), ["007-faster.html", "009-refuting.html", "mine.html"]);
    Deno.removeSync(join(root, "experiments"), { recursive: true });
    assert.deepEqual(await write(), { pageCount: 0, paths: [], readCount: 0, strays: [] });
    assert.deepEqual(names(), ["mine.html"]);
    assert.throws(() => Deno.statSync(join(out, "experiments.html")), Deno.errors.NotFound);
  });
});
