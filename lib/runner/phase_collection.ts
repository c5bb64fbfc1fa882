/** Collects the phases of one block by name and folds their iterations into a record. */
import {
  generatorLateNs,
  loadOutcome,
  operationMetrics,
  overloadMetrics,
  phaseMetrics,
  type PhaseReading,
  readPhase,
} from "../metrics/mod.ts";
import {
  type CounterValues,
  type Finding,
  type LoadOutcome,
  mayBeOnCaller,
  type OperationRecord,
  type PhaseRecord,
  type Verdict,
  VERDICTS,
  type Warning,
  worseVerdict,
} from "../model/mod.ts";
import { summarizeSamples } from "../stats/mod.ts";
import type { BlockResult } from "./run_block.ts";
import type { PhaseOutcome } from "./run_phase.ts";

const FINDINGS_KEPT = 5;
/** A bench that is later than this itself has not asked at the rate that it says. */
const LATEST_GENERATOR_NS = 1e6;

/** What the iterations of one phase left behind. */
interface PhaseParts {
  verdict: Verdict;
  unwatched: boolean;
  /** Absent in closed loops. */
  load?: { readonly ratePerSecond: number; readonly outcome: LoadOutcome };
  readonly readings: PhaseReading[];
  readonly latenciesNs: Map<string, Float64Array[]>;
  readonly freshnessNs: Float64Array[];
  readonly shownNs: Float64Array[];
  readonly counters: CounterValues[];
  /** CPU of the calling thread in recorded iterations, and of all others. */
  mainNs: number;
  elsewhereNs: number;
  /** How late the bench itself came at worst; absent in closed loops. */
  generatorLateNs?: number;
}

/** See the module. */
export class PhaseCollection {
  readonly #phases = new Map<string, PhaseParts>();
  readonly #findings: Finding[] = [];
  readonly #warnings: Warning[] = [];
  #findingCount = 0;

  /** Takes one run of a phase, and gives what is kept of it; nothing of a warm-up. */
  add(
    { warmup, isRepetition }: { readonly warmup: boolean; readonly isRepetition: boolean },
    played: PhaseOutcome,
  ): PhaseReading | undefined {
    const { log, judgement, operations, phase } = played;
    const firstRecorded = phase.warmupOperationCount;
    const parts = this.#parts(phase.name);
    parts.verdict = worseVerdict(parts.verdict, judgement.verdict);
    parts.unwatched ||= played.unwatched;
    this.#findings.push(...judgement.findings);
    this.#findingCount += judgement.findingCount;
    this.#warnings.push(...played.warnings);
    if (warmup) return undefined;
    const evidence = {
      log,
      judgement,
      operations,
      firstRecorded,
      isTimerPaced: "pauseMs" in phase.pacing || phase.arrivals !== undefined,
    };
    const outcome = loadOutcome(evidence);
    if (outcome !== undefined && parts.load?.outcome !== "unsustained") {
      parts.load = { ratePerSecond: phase.arrivals!.ratePerSecond, outcome };
    }
    const lateNs = generatorLateNs(evidence);
    if (lateNs !== undefined) parts.generatorLateNs = Math.max(lateNs, parts.generatorLateNs ?? 0);
    const reading = { ...readPhase(evidence), isRepetition };
    parts.readings.push(reading);
    parts.counters.push(log.counters);
    parts.mainNs += log.callerCpuUntilQuietNs;
    parts.elsewhereNs += log.processCpuUntilQuietNs - log.callerCpuUntilQuietNs +
      (log.serverCpuUntilQuietNs ?? 0);
    if (judgement.streams !== undefined) {
      parts.freshnessNs.push(judgement.streams.freshnessNs);
      parts.shownNs.push(judgement.streams.shownNs);
    }
    const byLabel = new Map<string, number[]>();
    for (let index = firstRecorded; index < operations.length; index++) {
      const { label } = operations[index]!;
      let latenciesNs = byLabel.get(label);
      if (latenciesNs === undefined) byLabel.set(label, latenciesNs = []);
      if (log.endNs[index] === Infinity) continue;
      latenciesNs.push(log.endNs[index]! - (log.dueNs ?? log.startNs)[index]!);
    }
    for (const [label, latenciesNs] of byLabel) {
      let iterations = parts.latenciesNs.get(label);
      if (iterations === undefined) parts.latenciesNs.set(label, iterations = []);
      iterations.push(Float64Array.from(latenciesNs));
    }
    return reading;
  }

  /** Notes that a phase was left out since its adapter says that a kill may take acknowledged writes. */
  leaveOut(phase: string): void {
    if (this.#warnings.some((known) => known.kind === "not-killed" && known.phase === phase)) return;
    this.#warnings.push({ kind: "not-killed", phase });
  }

  /** Notes what went wrong outside the judgement of a phase. */
  fail(finding: Finding): void {
    const parts = this.#parts(finding.phase);
    parts.verdict = worseVerdict(parts.verdict, finding.verdict);
    this.#findings.push(finding);
    this.#findingCount += 1;
  }

  /** The worst verdict so far. */
  get verdict(): Verdict {
    let worst: Verdict = "converged";
    for (const { verdict } of this.#phases.values()) worst = worseVerdict(worst, verdict);
    return worst;
  }

  /** Everything, folded; without numbers for a block that disturbed what it looked at. */
  result(
    { withNumbers, clockStepNs, worksOnCaller = false }: {
      readonly withNumbers: boolean;
      readonly clockStepNs: number;
      /** Whether the adapter says so. Default is `false`. */
      readonly worksOnCaller?: boolean;
    },
  ): Pick<BlockResult, "verdict" | "findings" | "findingCount" | "phases" | "warnings"> {
    const entries = [...this.#phases];
    const worstFirst = this.#findings.toSorted((a, b) =>
      VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict)
    );
    const folded = entries.map(([name, parts]) =>
      foldPhase(name, parts, withNumbers ? clockStepNs : undefined)
    );
    for (const [phase, { unwatched, mainNs, elsewhereNs, generatorLateNs: lateNs = 0 }] of entries) {
      if (unwatched) this.#warnings.push({ kind: "unwatched", phase });
      if (worksOnCaller && !mayBeOnCaller({ mainNs, elsewhereNs })) {
        this.#warnings.push({ kind: "works-elsewhere", phase, mainNs, elsewhereNs });
      }
      // A block that keeps rows asks at no rate that anything is told of.
      if (withNumbers && lateNs >= LATEST_GENERATOR_NS) {
        this.#warnings.push({ kind: "late-generator", phase, lateMs: Math.round(lateNs / 1e4) / 100 });
      }
    }
    return {
      verdict: this.verdict,
      findings: worstFirst.slice(0, FINDINGS_KEPT),
      findingCount: this.#findingCount,
      phases: folded,
      warnings: this.#warnings,
    };
  }

  #parts(name: string): PhaseParts {
    let parts = this.#phases.get(name);
    if (parts === undefined) {
      parts = {
        verdict: "converged",
        unwatched: false,
        readings: [],
        latenciesNs: new Map(),
        freshnessNs: [],
        shownNs: [],
        counters: [],
        mainNs: 0,
        elsewhereNs: 0,
      };
      this.#phases.set(name, parts);
    }
    return parts;
  }
}

/**
 * A phase that was wrong in any iteration, a warm-up included, keeps its verdict and loses its numbers. Without a step of
 * the clock it has none either.
 */
function foldPhase(name: string, parts: PhaseParts, clockStepNs: number | undefined): PhaseRecord {
  const base = {
    name,
    iterationCount: parts.readings.length,
    verdict: parts.verdict,
    unwatched: parts.unwatched,
    ...(parts.load === undefined || clockStepNs === undefined ? {} : { load: parts.load }),
  };
  if (parts.verdict !== "converged" || clockStepNs === undefined) {
    return { ...base, metrics: {}, operations: [] };
  }
  if (parts.load?.outcome === "unsustained") {
    return { ...base, metrics: overloadMetrics(parts.readings), operations: [] };
  }
  const operations: OperationRecord[] = [...parts.latenciesNs].map(([label, iterations]) => ({
    label,
    latency: summarizeSamples(concatenate(iterations)),
    metrics: operationMetrics(iterations, clockStepNs),
  }));
  const freshnessNs = concatenate(parts.freshnessNs);
  const shownNs = concatenate(parts.shownNs);
  const counters = foldCounters(parts.counters);
  return {
    ...base,
    metrics: phaseMetrics(parts.readings),
    operations,
    ...(freshnessNs.length === 0 ? {} : { freshness: summarizeSamples(freshnessNs) }),
    ...(shownNs.length === 0 ? {} : { shown: summarizeSamples(shownNs) }),
    ...(Object.keys(counters).length === 0 ? {} : { counters }),
  };
}

/** The mean over iterations: counters are counts and sums of time, which add up. */
function foldCounters(iterations: readonly CounterValues[]): CounterValues {
  const names = new Set(iterations.flatMap((values) => Object.keys(values)));
  return Object.fromEntries([...names].map((name) => {
    const sum = iterations.reduce((total, values) => total + (values[name] ?? 0), 0);
    return [name, sum / iterations.length];
  }));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
