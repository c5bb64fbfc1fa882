/** Many stored runs that look like a project's memory: levels that shift now and then, noise, wrong cells, two machines. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Block, MetricValues, RunHeader, RunRecord } from "../model/mod.ts";

/** Runs between two changes of level. */
const LEVEL_LENGTH = 40;
const WRONG_EVERY = 17;

/** Writes `count` sealed runs below `root`, all variations of one; the same call gives the same runs. */
export function generateRuns(template: RunRecord, root: string, count: number): void {
  let state = 12345;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  let level = 1;
  for (let index = 0; index < count; index++) {
    if (index % LEVEL_LENGTH === LEVEL_LENGTH - 1) level *= random() < 0.5 ? 0.8 : 1.2;
    const startedAt = new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString();
    const id = `${startedAt.slice(0, 19).replaceAll(":", "-")}-generated-${index}`;
    const isWrong = index % WRONG_EVERY === WRONG_EVERY - 1;
    const results = template.results.map((block) =>
      varied(block, isWrong, () => level * (0.95 + 0.1 * random()))
    );
    const lines = results.map((block) => `${JSON.stringify(block)}\n`).join("");
    const { results: _, sha256: __, ...header } = template;
    const sealed: RunHeader = {
      ...header,
      id,
      label: `generated-${index}`,
      status: "complete",
      startedAt,
      environment: {
        ...header.environment,
        machineId: index % 5 === 4 ? "fedcba9876543210" : header.environment.machineId,
        commit: createHash("sha1").update(id).digest("hex"),
        isDirty: false,
      },
      blocks: { sha256: sha256(lines), count: results.length },
    };
    const folder = join(root, id);
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(join(folder, "blocks.jsonl"), lines);
    Deno.writeTextFileSync(
      join(folder, "record.json"),
      JSON.stringify({ ...sealed, sha256: sha256(JSON.stringify(sealed)) }),
    );
  }
}

function varied(block: Block, isWrong: boolean, factor: () => number): Block {
  if (block.status !== "measured" || block.verdict !== "converged") return block;
  if (isWrong && block.position % 3 === 0) {
    return {
      ...block,
      verdict: "lost",
      metrics: {},
      phases: block.phases.map((phase) => ({ ...phase, verdict: "lost", metrics: {} })),
    };
  }
  return {
    ...block,
    phases: block.phases.map((phase) => ({ ...phase, metrics: scaled(phase.metrics, factor()) })),
  };
}

function scaled(metrics: MetricValues, factor: number): MetricValues {
  return Object.fromEntries(
    Object.entries(metrics).map(([id, value]) => [id, id.endsWith("_ns") ? value * factor : value]),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
