/** The part of a site that is about experiments: the page of all of them, and one for each. */
import { join } from "node:path";
import { codeDigest, runMark } from "../writer/site_index.ts";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { BLOCKS_FILE, HEADER_FILE } from "../../lib/record/load_run.ts";
import { loadRun, replaceFile } from "../../lib/record/mod.ts";
import { formatCount } from "../../lib/report/format.ts";
import { readAssets, sharedAssets, type SiteLink } from "../pages/mod.ts";
import { deflatedJson, pageText } from "../pages/page.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { judgeClaims } from "../../lib/experiments/map/beliefs.ts";
import type { LoadedExperiment, Research } from "../../lib/experiments/sources/load_experiments.ts";
import { type Calibration, loadCalibration } from "../../lib/experiments/run/calibration.ts";
import { claimsBySource } from "../../lib/experiments/map/signal_map.ts";
import { experimentsView } from "./experiments_view.ts";
import { type ExperimentSources, experimentView } from "./experiment_view.ts";
import { experimentPoints } from "./points.ts";
import { memoryKey, PointsMemory } from "./points_memory.ts";
import type { EvidenceView, ExperimentsView } from "./view.ts";

/** Where the page of all experiments stands in the navigation. */
export const EXPERIMENTS_LINK: SiteLink = { text: "Experiments", path: "experiments.html" };

/** Folder of the pages of single experiments, seen from the top of the site. */
const PAGES_FOLDER = "experiments";

const MEMORY_FILE = "data/experiments.json.gz";

/** Code that points come from. */
const CODE = [
  "./",
  "../../lib/experiments/map/",
  "../../lib/experiments/pages/",
  "../../lib/experiments/rules/",
  "../../lib/experiments/run/",
  "../../lib/experiments/sources/",
  "../../lib/metrics/",
  "../../lib/model/",
  "../../lib/record/",
  "../../lib/stats/",
];

/** The site that pages are added to. */
export interface ExperimentSite {
  /** Folder of the site; it is there. */
  readonly out: string;
  /** Folder of the runs that outcomes rest on. */
  readonly results: string;
  /** Navigation of every page. */
  readonly links: readonly SiteLink[];
  /** Addresses of the pages of runs by run folder, seen from the top of the site. */
  readonly hrefs: ReadonlyMap<string, string>;
}

/** What became of the experiments. */
export interface ExperimentPagesOutcome {
  /** Experiments that have a page. */
  readonly pageCount: number;
  /** Their pages, seen from the top of the site. */
  readonly paths: readonly string[];
  /** Runs that had to be read, the points of the others being known. */
  readonly readCount: number;
  /** What could not be read, and why. */
  readonly strays: ExperimentsView["strays"];
}

/** Whether there is anything to show: an experiment, a direction, or a file that should have been one. */
export function hasResearch({ experiments, directions, faults }: Research): boolean {
  return experiments.length > 0 || directions.length > 0 || faults.length > 0;
}

/**
 * Writes the pages, or removes those of an earlier time when there is nothing to show any more. An outcome whose run is
 * gone, damaged or another one has its page, without dots and with the reason. Throws a UsageError when the site cannot
 * be written.
 */
export function writeExperimentPages(research: Research, site: ExperimentSite): ExperimentPagesOutcome {
  try {
    return write(research, site);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `Cannot write the pages of experiments as "${site.out}" must be a writable folder: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function write(research: Research, site: ExperimentSite): ExperimentPagesOutcome {
  const { out, links } = site;
  const memoryFile = join(out, MEMORY_FILE);
  const memory = new PointsMemory(memoryFile);
  if (!hasResearch(research)) {
    removePages(out, memory.pages);
    for (const file of [EXPERIMENTS_LINK.path, MEMORY_FILE]) removeIfThere(join(out, file));
    return { pageCount: 0, paths: [], readCount: 0, strays: [] };
  }
  for (const folder of [PAGES_FOLDER, "assets", "data"]) {
    Deno.mkdirSync(join(out, folder), { recursive: true });
  }
  const { css, experimentsJs } = readAssets();
  replaceFile(join(out, "assets", "report.css"), css);
  replaceFile(join(out, "assets", "experiments.js"), experimentsJs);

  const code = codeDigest(CODE.map((folder) => new URL(folder, import.meta.url)));
  const judged = judgeClaims(claimsBySource(research.experiments));
  const pages = new Map<string, string>();
  for (const { id, slug } of research.experiments) {
    // Two files with one id are a fault of their own; claims lead to the first of them.
    if (!pages.has(id)) pages.set(id, `${id}-${slug}.html`);
  }
  const calibrations = new Map<string, Calibration | undefined>();
  for (const loaded of research.experiments) {
    const view = experimentView(loaded, {
      judged,
      pages,
      ...readEvidence(loaded, site, { code, memory, calibrations }),
    });
    // Not replaceFile: as with the pages of runs, syncing hundreds of them would take longer than making them.
    Deno.writeTextFileSync(
      join(out, PAGES_FOLDER, `${loaded.id}-${loaded.slug}.html`),
      pageText({
        title: `${loaded.id} ${view.title} - Watchbench`,
        heading: view.title,
        lead: `Experiment ${loaded.id}, ${view.standingText}.`,
        links: links.map(({ text, path }) => ({ text, href: `../${path}` })),
        data: deflatedJson(view),
        assets: sharedAssets(1, "experiments.js"),
      }),
    );
  }
  const hrefs = new Map([...pages].map(([id, name]) => [id, `${PAGES_FOLDER}/${name}`]));
  const view = experimentsView(research, hrefs);
  const count = view.experiments.length;
  replaceFile(
    join(out, EXPERIMENTS_LINK.path),
    pageText({
      title: "Experiments - Watchbench",
      heading: "Experiments",
      lead: `${formatCount(count)} ${
        count === 1 ? "question" : "questions"
      } with a decision rule, and what came of ${count === 1 ? "it" : "them"}.`,
      links: links.map(({ text, path }) => path === EXPERIMENTS_LINK.path ? { text } : { text, href: path }),
      data: deflatedJson(view),
      assets: sharedAssets(0, "experiments.js"),
    }),
  );
  const names = research.experiments.map(({ id, slug }) => `${id}-${slug}.html`);
  removePages(out, memory.pages.filter((name) => !names.includes(name)));
  memory.store(memoryFile, names);
  return {
    pageCount: count,
    paths: names.map((name) => `${PAGES_FOLDER}/${name}`),
    readCount: memory.computedCount,
    strays: view.strays,
  };
}

interface EvidenceReader {
  readonly code: string;
  readonly memory: PointsMemory;
  readonly calibrations: Map<string, Calibration | undefined>;
}

/** The runs of an outcome, with the points of the one that its verdicts come from. */
function readEvidence(
  { experiment, outcome, preregistered }: LoadedExperiment,
  { results, hrefs }: ExperimentSite,
  { code, memory, calibrations }: EvidenceReader,
): Pick<ExperimentSources, "evidence" | "points" | "calibration"> {
  const all = outcome?.evidence ?? [];
  const compared = all.find(({ role }) => role === "comparison") ?? all[0];
  let found: Pick<ExperimentSources, "points" | "calibration"> = {};
  const evidence = all.map((item): EvidenceView => {
    const href = hrefs.get(item.run);
    let trouble = href === undefined ? "it is not among the stored runs, or cannot be read" : "";
    if (item === compared && trouble === "") {
      try {
        const folder = join(results, item.run);
        const mark = runMark(folder, [HEADER_FILE, BLOCKS_FILE]);
        const points = memory.recall(memoryKey(code, preregistered, item.run, item.sha256, mark), () => {
          const run = loadRun(folder);
          if (run.sha256 === item.sha256) return experimentPoints(experiment, run);
          throw new UsageError(
            `Cannot read evidence as it must be the run that was judged: "${item.run}" has another digest`,
          );
        });
        found = { points, ...calibrationOf(results, points.machineId, calibrations) };
      } catch (error) {
        if (!isFault(error)) throw error;
        trouble = safeText(messageOf(error));
      }
    }
    return {
      run: { text: safeText(item.run, 120), href: href === undefined ? "" : `../${href}` },
      role: safeText(item.role, 120),
      trouble,
    };
  });
  return { evidence, ...found };
}

function calibrationOf(
  results: string,
  machineId: string,
  known: Map<string, Calibration | undefined>,
): { readonly calibration?: Calibration } {
  if (!known.has(machineId)) {
    try {
      known.set(machineId, loadCalibration(results, machineId));
    } catch (error) {
      // A damaged calibration is the check's to name; the bands of recorded verdicts do not come from it.
      if (!isFault(error)) throw error;
      known.set(machineId, undefined);
    }
  }
  const calibration = known.get(machineId);
  return calibration === undefined ? {} : { calibration };
}

/** Faults of stored data, not of the program or the disk that pages are written to. */
function isFault(error: unknown): boolean {
  return error instanceof Error &&
    (error.name === "RecordFormatError" || error.name === "UsageError" || error.name === "NotFound");
}

function removePages(out: string, names: readonly string[]): void {
  for (const name of names) removeIfThere(join(out, PAGES_FOLDER, name));
}

function removeIfThere(file: string): void {
  try {
    Deno.removeSync(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
