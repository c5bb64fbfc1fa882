/** Blocks that went on for a while, as pages draw them. */
import type { RunRecord } from "../../lib/model/mod.ts";
import { formatQuantity } from "../../lib/report/format.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { trendText } from "../../lib/report/soak_table.ts";
import { summarizeSoaks } from "../../lib/report/summarize_soak.ts";
import type { RunSummary } from "../../lib/report/summarize_run.ts";
import { significant } from "./significant.ts";
import type { KnownMetric, SoakSeriesView, SoakView } from "./view.ts";

/** What changed over time in a run. `known` are all metrics there are, `adapterOf` gives the index of a name of cells. */
export function soakViews(
  record: Pick<RunRecord, "results">,
  summary: RunSummary,
  known: readonly KnownMetric[],
  adapterOf: ReadonlyMap<string, number>,
): SoakView[] {
  const metrics = known.filter(({ isFollowed }) => isFollowed).toSorted((a, b) => a.rank - b.rank);
  const soaks = summarizeSoaks(record, summary, metrics);
  const groups = Map.groupBy(soaks, ({ workload, scale }) => `${workload}, ${scale}`);
  return [...groups].map(([title, own]): SoakView => {
    const hasSeveral = new Set(own.map(({ name }) => name)).size < own.length;
    const all = own.flatMap(({ name, blockIndex, series }) =>
      series.map((one) => ({
        title: one.phase === "" ? one.title : `${one.title}, ${one.phase}`,
        unit: one.unit,
        view: {
          name: safeText(hasSeveral ? `${name}, repetition ${blockIndex}` : name),
          adapter: adapterOf.get(name)!,
          points: one.points.map(({ atMs, value }) => [atMs, significant(value, 5)]),
          texts: [
            ...one.quarters.map((value) => formatQuantity(value, one.unit)) as [string, string],
            trendText(one.perMinute, one.unit, one.isDrifting),
          ],
        } satisfies SoakSeriesView,
      }))
    );
    return {
      title: safeText(title),
      metrics: [...Map.groupBy(all, (one) => one.title).values()].map((alike) => ({
        title: safeText(alike[0]!.title),
        unit: alike[0]!.unit,
        series: alike.map(({ view }) => view),
      })),
    };
  });
}
