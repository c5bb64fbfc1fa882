/** The player of one block, in the child: holds the adapter and its session, and the recorder. */
import { measureClockStep, measureTurnCost } from "../clock/mod.ts";
import type { Adapter, OptionValues, Session } from "../model/adapter.ts";
import { append } from "../protocol/append.ts";
import { Digester, setDigest } from "../protocol/digester.ts";
import type {
  AskedQuery,
  BeginOrder,
  Begun,
  ClosedSession,
  OpenOrder,
  PhaseEvents,
  PhaseOrder,
  PlayedPhase,
  Player,
  ReadAnswer,
  TableAnswer,
} from "../protocol/player.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import type { ChildRuntime, Screen } from "../runtime/runtime.ts";
import { DigestLists } from "./digest_lists.ts";
import { NullRecorder } from "./null_recorder.ts";
import { PlantedSlowdown } from "./planted_slowdown.ts";
import { playPhase, type QuietPhase } from "./phase_player.ts";
import { copyRows, ResultRecorder } from "./result_recorder.ts";
import { warmUpRecorder } from "./warm_up.ts";

/** What the player needs from where it runs. */
export interface PlayerHost {
  /** What it runs in. */
  readonly runtime: ChildRuntime;
  /** Finds a registered adapter, or imports a module. */
  loadAdapter(idOrUrl: string): Promise<Adapter>;
}

/** Everything that begins with the adapter. */
interface Loaded {
  readonly order: BeginOrder;
  readonly adapter: Adapter;
  readonly digester: Digester;
  readonly results: ResultRecorder;
  readonly slowdown: PlantedSlowdown | undefined;
  readonly screen: Screen | undefined;
}

/** See {@link Player}. */
export class ChildPlayer implements Player {
  readonly #host: PlayerHost;
  #loaded: Loaded | undefined;
  #session: Session | undefined;
  #phase: QuietPhase | undefined;
  #nothing: NullRecorder | undefined;
  /**
   * Of all phases of the open session, for what comes too late. Nothing else of a phase is kept: a session that is played on
   * for long would seem to grow by what the bench holds.
   */
  #recorders: QuietPhase["recorder"][] = [];

  /** A player that has not begun. */
  constructor(host: PlayerHost) {
    this.#host = host;
  }

  /** See {@link Player.begin}. */
  async begin(order: BeginOrder): Promise<Begun> {
    const { runtime } = this.#host;
    const { coarseCpuReason: coarseReason, pageStartNs } = runtime;
    const digester = new Digester(order.key);
    const slowdown = order.slowdownShare === undefined
      ? undefined
      : new PlantedSlowdown(order.slowdownShare, runtime.nowNs);
    const clockStepNs = measureClockStep(runtime.nowNs);
    const turnCostNs = await measureTurnCost(runtime, clockStepNs);
    if (order.isTimed ?? !order.keepsRows) warmUpRecorder(runtime.collectGarbage);
    // Last: whatever else this process does from here on, it does beside code that nobody vouches for.
    const adapter = await this.#host.loadAdapter(order.adapter);
    const screen = order.isDrawn ? runtime.openScreen?.() : undefined;
    if (order.isDrawn && screen === undefined) {
      throw new Error(`Cannot draw results as there must be a page: this is ${runtime.id}`);
    }
    const results = new ResultRecorder(digester, order.keepsRows);
    this.#loaded = { order, adapter, digester, results, slowdown, screen };
    return {
      turnCostNs,
      clockStepNs,
      facts: runtime.facts,
      ...(coarseReason === undefined ? {} : { coarseReason }),
      ...(pageStartNs === undefined ? {} : { pageStartNs }),
    };
  }

  /** The adapter that was begun with, and its options. */
  get loaded(): { readonly adapter: Adapter; readonly options: OptionValues } {
    const { adapter, order } = this.#block;
    return { adapter, options: order.options };
  }

  /** What it runs in. */
  get runtime(): ChildRuntime {
    return this.#host.runtime;
  }

  /** See {@link Player.open}. */
  async open(order: OpenOrder): Promise<{ elapsedNs: number }> {
    const { adapter, order: { options } } = this.#block;
    const { nowNs } = this.#host.runtime;
    const startNs = nowNs();
    this.#session = await adapter.open({ ...order, options, runtime: this.#host.runtime.id });
    return { elapsedNs: nowNs() - startNs };
  }

  /** See {@link Player.seed}. */
  async seed(order: Parameters<Player["seed"]>[0]): Promise<{ elapsedNs: number }> {
    const { runtime } = this.#host;
    const startNs = runtime.nowNs();
    await this.#open.batch(order.statement, order.rows);
    const elapsedNs = runtime.nowNs() - startNs;
    await runtime.turn();
    return { elapsedNs };
  }

  /** See {@link Player.play}. */
  async play(order: PhaseOrder, events: PhaseEvents): Promise<void> {
    const { order: { patience }, slowdown, screen } = this.#block;
    const results = order.recordsNothing ? this.#nothing ??= new NullRecorder() : this.#block.results;
    const stage = { session: this.#open, runtime: this.#host.runtime, patience, results, slowdown, screen };
    this.#phase = await playPhase(stage, order, events);
    append(this.#recorders, this.#phase.recorder);
  }

  /** See {@link Player.read}. */
  async read({ query, args, isTotal }: AskedQuery): Promise<ReadAnswer> {
    const { results } = this.#block;
    const rows = await this.#open.read(query, args);
    const columns = resultColumns(query);
    const lists = new DigestLists(1);
    const answer = isTotal ? { digest: results.consume(rows, columns) } : {
      digest: results.consumeOpen(rows, columns, lists),
      rowDigests: lists.list(0),
    };
    const kept = results.takeRow(answer.digest);
    return kept === undefined ? answer : { ...answer, rows: kept };
  }

  /** See {@link Player.readTable}. */
  async readTable({ query }: Parameters<Player["readTable"]>[0]): Promise<TableAnswer> {
    const { digester, results } = this.#block;
    const rows = await this.#open.read(query, []);
    const rowDigests = new Float64Array(rows.length);
    digester.result(rows, resultColumns(query), rowDigests);
    return {
      rowCount: rows.length,
      digest: setDigest(rowDigests),
      ...(results.keepsRows ? { rows: copyRows(rows) } : {}),
    };
  }

  /** See {@link Player.finish}. */
  async finish(): Promise<PlayedPhase> {
    const phase = this.#phase;
    if (phase === undefined) throw new Error("Cannot finish a phase as one must have been played");
    this.#phase = undefined;
    return await phase.finish();
  }

  /** See {@link Player.facts}. */
  async facts(): Promise<Readonly<Record<string, string>>> {
    return await this.#open.facts?.() ?? {};
  }

  /** See {@link Player.close}. */
  async close(): Promise<ClosedSession> {
    const session = this.#session;
    const recorders = this.#recorders;
    this.#session = undefined;
    this.#phase = undefined;
    this.#recorders = [];
    await session?.close();
    let lateDeliveryCount = 0;
    for (let index = 0; index < recorders.length; index++) lateDeliveryCount += recorders[index]!.lateCount;
    return { lateDeliveryCount };
  }

  get #block(): Loaded {
    if (this.#loaded === undefined) throw new Error("Cannot play as the block must have begun");
    return this.#loaded;
  }

  get #open(): Session {
    if (this.#session === undefined) throw new Error("Cannot play as a session must be open");
    return this.#session;
  }
}
