import { metricNamed } from "../metrics/mod.ts";
import {
  type Block,
  type Cell,
  type MetricScope,
  type MetricValues,
  parameterText,
  type Reporter,
} from "../model/mod.ts";
import { csvText } from "./safe_text.ts";
import { cellOptionText, summarizeRun } from "./summarize_run.ts";

const COLUMNS = [
  "run",
  "workload",
  "version",
  "adapter",
  "options",
  "scale",
  "parameters",
  "block",
  "status",
  "verdict",
  "phase",
  "operation",
  "metric",
  "unit",
  "value",
  "reason",
  "metricsVersion",
];

/**
 * One line per cell, block, phase, operation label and metric; RFC 4180, every line ended by CR LF.
 *
 * Metrics of a block have no phase, metrics of a phase no operation. Counters appear as metrics named
 * `counter:<name>`. Blocks without values, and all blocks of a cell that was wrong once, have one line each with their
 * status and reason. The last column is the version of the meanings: values of different ones are not to be compared.
 */
export const csv: Reporter = {
  id: "csv",
  title: "One line per measured value, for spreadsheets",
  extension: "csv",
  render(record) {
    const cells = summarizeRun(record).sections.flatMap((section) => section.cells);
    const blocksByCell = Map.groupBy(record.results, ({ cellKey }) => cellKey);
    const lines = cells.flatMap(({ cell, status }) =>
      (blocksByCell.get(cell.key) ?? [])
        .toSorted((a, b) => a.blockIndex - b.blockIndex)
        .flatMap((block) => blockLines(record.id, cell, block, status === "verified"))
    );
    const ending = `,${record.metricsVersion}`;
    return [COLUMNS.join(","), ...lines.map((line) => line + ending)].map((line) => `${line}\r\n`).join("");
  },
};

function blockLines(runId: string, cell: Cell, block: Block, isVerified: boolean): string[] {
  const verdict = block.status === "measured" ? block.verdict : "";
  const lead = [
    csvText(runId),
    csvText(cell.workload),
    cell.workloadVersion,
    csvText(cell.adapter),
    csvText(cellOptionText(cell)),
    cell.scale,
    csvText(parameterText({ ...cell.parameters, ...block.chosen })),
    block.blockIndex,
    block.status,
    verdict,
  ].join(",");
  const line = (phase: string, operation: string, metric: string, unit: string, value: number): string =>
    [lead, csvText(phase), csvText(operation), csvText(metric), unit, value, ""].join(",");
  if (block.status !== "measured") return [`${lead},,,,,,${csvText(block.reason)}`];
  if (!isVerified) {
    const reason = block.findings[0]?.detail ?? "another block of this cell was wrong";
    return [`${lead},,,,,,${csvText(reason)}`];
  }
  if (block.evidence === "rows") return [`${lead},,,,,,kept whole rows for the judge: no numbers`];
  const values = (scope: MetricScope, phase: string, operation: string, metrics: MetricValues): string[] =>
    Object.entries(metrics).map(([id, value]) =>
      line(phase, operation, id, metricNamed(id, scope)?.unit ?? "", value)
    );
  return [
    ...values("block", "", "", block.metrics),
    ...block.phases.flatMap(({ name, metrics, operations, counters }) => [
      ...values("phase", name, "", metrics),
      ...operations.flatMap(({ label, metrics }) => values("operation", name, label, metrics)),
      ...Object.entries(counters ?? {}).map(([counter, value]) =>
        line(name, "", `counter:${counter}`, "", value)
      ),
    ]),
  ];
}
