/** Runs of an archive as the site's history draws them: the same cells, names and keys as of run folders, medians without intervals. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { METRICS } from "../../lib/metrics/mod.ts";
import {
  type Cell,
  METRICS_VERSION,
  parameterText,
  type Scale,
  type Verdict,
  worseVerdict,
} from "../../lib/model/mod.ts";
import type { HistoryCell, HistoryPoints } from "../../site/pages/mod.ts";
import { type ArchivedRun, pointKey } from "../../site/pages/mod.ts";
import { significant } from "../../site/pages/significant.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { cellOptionText } from "../../lib/report/summarize_run.ts";
import { isSearched } from "../../lib/stats/mod.ts";
import { WORKLOADS } from "../../workloads/mod.ts";
import { quoted } from "./parquet_sql.ts";

/** A cell of a run, as {@link CELLS_SQL} gives it. */
interface CellRow {
  readonly runId: string;
  readonly label: string;
  readonly startedMs: number;
  readonly machineId: string;
  readonly commit: string | null;
  readonly isDirty: boolean | null;
  readonly metricsVersion: number;
  readonly cell: Pick<Cell, "key" | "workload" | "workloadVersion" | "adapter" | "scale"> & {
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly verdicts: readonly Verdict[];
  readonly failure: string | null;
  readonly skip: string | null;
}

const CELLS_SQL = `
  SELECT r.run_id, r.label, epoch_ms(r.started_at)::DOUBLE, r.machine_id, r.commit, r.is_dirty, r.metrics_version,
         c.cell_key, c.workload, c.workload_version, c.adapter, c.scale, c.parameters,
         coalesce(b.verdicts, '[]'), b.failure, b.skip
  FROM runs r JOIN cells c USING (run_id) LEFT JOIN (
    SELECT run_id, cell_key,
           to_json(list(DISTINCT verdict) FILTER (status = 'measured'))::VARCHAR AS verdicts,
           arg_min(reason, block_index) FILTER (status = 'failed') AS failure,
           arg_min(reason, block_index) FILTER (status = 'skipped') AS skip
    FROM blocks GROUP BY ALL) b USING (run_id, cell_key)
  WHERE NOT c.is_anchor ORDER BY r.started_at, r.run_id, c.cell_key`;

/** Numbers that have a better and a worse side, as the history of run folders follows them. */
const FOLLOWED = METRICS.filter(({ direction }) => direction !== "context").map(({ id }) => quoted(id)).join(
  ", ",
);

const MEDIANS_SQL = `
  SELECT m.run_id, m.cell_key, m.phase, m.operation, m.metric, m.value
  FROM medians m JOIN cells c USING (run_id, cell_key) WHERE NOT c.is_anchor AND m.metric IN (${FOLLOWED})
  ORDER BY m.started_at, m.run_id`;

/** All runs, oldest first. Runs that planned nothing but the anchor have nothing to draw and are left out. */
export async function* archivedRuns(connection: DuckDBConnection): AsyncGenerator<ArchivedRun> {
  const rows = (await connection.runAndReadAll(CELLS_SQL)).getRows().map(cellRow);
  const numbers = new NumbersByRun(await connection.stream(MEDIANS_SQL));
  for (const [runId, cells] of Map.groupBy(rows, (row) => row.runId)) {
    yield archivedRun(cells, await numbers.of(runId));
  }
}

function cellRow(row: readonly unknown[]): CellRow {
  const [runId, label, startedMs, machineId, commit, isDirty, metricsVersion] = row as [
    string,
    string,
    number,
    string,
    string | null,
    boolean | null,
    number,
  ];
  const [key, workload, workloadVersion, adapter, scale, parameters, verdicts, failure, skip] = row.slice(
    7,
  ) as [
    string,
    string,
    number,
    string,
    Scale,
    string,
    string,
    string | null,
    string | null,
  ];
  return {
    runId,
    label,
    startedMs,
    machineId,
    commit,
    isDirty,
    metricsVersion,
    cell: { key, workload, workloadVersion, adapter, scale, parameters: JSON.parse(parameters) },
    verdicts: JSON.parse(verdicts) ?? [],
    failure,
    skip,
  };
}

/** One number of one cell. */
interface NumberRow {
  readonly cellKey: string;
  readonly phase: string;
  readonly operation: string;
  readonly metric: string;
  readonly value: number;
}

/** Numbers come in the order of runs, millions of them: those of one run are held. */
class NumbersByRun {
  readonly #chunks: AsyncIterator<readonly (readonly unknown[])[]>;
  #chunk: readonly (readonly unknown[])[] = [];
  #at = 0;

  constructor(result: { yieldRows(): AsyncIterableIterator<readonly (readonly unknown[])[]> }) {
    this.#chunks = result.yieldRows();
  }

  /** Those of a run, by cell. Runs are asked for in their order. */
  async of(runId: string): Promise<ReadonlyMap<string, readonly NumberRow[]>> {
    const own: NumberRow[] = [];
    for (let row = await this.#next(); row?.[0] === runId; row = await this.#next()) {
      const [, cellKey, phase, operation, metric, value] = row as [
        string,
        string,
        string,
        string,
        string,
        number,
      ];
      own.push({ cellKey, phase, operation, metric, value });
      this.#at++;
    }
    return Map.groupBy(own, ({ cellKey }) => cellKey);
  }

  async #next(): Promise<readonly unknown[] | undefined> {
    while (this.#at >= this.#chunk.length) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return undefined;
      [this.#chunk, this.#at] = [value, 0];
    }
    return this.#chunk[this.#at];
  }
}

function archivedRun(
  rows: readonly CellRow[],
  numbers: ReadonlyMap<string, readonly NumberRow[]>,
): ArchivedRun {
  const { runId, label, startedMs, machineId, commit, isDirty, metricsVersion } = rows[0]!;
  const keys = new Map<string, number>();
  const indexOf = (phase: string, operation: string, metric: string): number => {
    const key = pointKey(safeText(phase), safeText(operation), metric);
    const known = keys.get(key);
    if (known !== undefined) return known;
    keys.set(key, keys.size);
    return keys.size - 1;
  };
  const cells = rows.map((row): HistoryCell => {
    const { cell } = row;
    const gap = gapOf(row);
    // A searched cell has blocks at several rates, whose median is of none.
    const shown = gap === undefined && !isSearched(cell) ? numbers.get(cell.key) ?? [] : [];
    const { workload: id, workloadVersion: version, scale, parameters, adapter } = cell;
    const option = cellOptionText(cell as Cell);
    const key = `${id}@${version} ${parameterText(parameters)}`.trimEnd();
    return {
      lane: safeText(`${key}, ${scale}${metricsVersion < METRICS_VERSION ? " of before" : ""}`),
      title: WORKLOADS.find((one) => one.id === id && one.version === version)?.title ?? "",
      name: safeText(option === "" ? adapter : `${adapter}[${option}]`, 120),
      ...(gap === undefined ? {} : { gap }),
      points: shown.flatMap(({ phase, operation, metric, value }) => {
        const median = significant(value, 4);
        return [indexOf(phase, operation, metric), median, median, median];
      }),
    };
  });
  return {
    id: safeText(runId),
    line: {
      label: safeText(label, 120),
      href: "",
      startedAt: new Date(startedMs).toISOString(),
      commit: commit === null ? "" : safeText(commit.slice(0, 8)) + (isDirty === true ? "+" : ""),
    },
    points: { machineId: safeText(machineId), keys: [...keys.keys()], cells } satisfies HistoryPoints,
  };
}

/** Why a cell has no values, in the words of the history of run folders; `undefined` where it has. */
function gapOf({ verdicts, failure, skip }: CellRow): string | undefined {
  if (verdicts.length > 0) {
    const verdict = verdicts.reduce(worseVerdict, "converged");
    return verdict === "converged" ? undefined : safeText(`wrong: ${verdict}`);
  }
  if (failure !== null) return safeText(`failed: ${failure}`, 160);
  return skip === null ? "planned and not run" : safeText(`skipped: ${skip}`, 160);
}
