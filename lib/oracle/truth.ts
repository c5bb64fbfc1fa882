/** The data as it must be after every committed operation, and what queries show then. */
import type { Seed, Table } from "../model/schema.ts";
import { tableNamed } from "../model/schema.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { type Operation, type Phase, watchedIn } from "../model/workload.ts";
import type { Digester } from "../protocol/digester.ts";
import { applyWrite, type RowChange } from "./apply_write.ts";
import { expectPhase, type PhaseExpectation } from "./phase_expectation.ts";
import { PageHistories } from "./page_histories.ts";
import type { ExpectedRead } from "./phase_truth.ts";
import { planQuery } from "./query_plan.ts";
import { replayTransaction } from "./replay_transaction.ts";
import { type State, statesEqual } from "./state.ts";
import { TableStore } from "./table_store.ts";
import { type Moment, StateSequence } from "./state_sequence.ts";
import { openView, type View, type ViewSource } from "./view.ts";
import { ViewRouter } from "./view_router.ts";
import { WriteGroups } from "./write_groups.ts";

/**
 * In-memory model of the data.
 *
 * Queries follow SQLite: NULL fulfils no condition and sorts first, text compares by code points. Where a query leaves
 * the order open, tied rows are judged as a set; {@link Truth.read} returns them by primary key.
 */
export class Truth {
  readonly #tables: readonly Table[];
  readonly #source: ViewSource;

  /** Seeds are not read here but row by row when somebody looks at them. */
  constructor(tables: readonly Table[], seeds: readonly Seed[]) {
    for (const seed of seeds) tableNamed(tables, seed.table);
    this.#tables = tables;
    const storeOf = (table: Table) =>
      new TableStore(table, seeds.filter((seed) => seed.table === table.name));
    this.#source = {
      stores: new Map(tables.map((table) => [table.name, storeOf(table)])),
      rowEvaluations: 0,
    };
  }

  /** How many rows were tested against conditions so far: the work behind the answers, for tests of its growth. */
  get rowEvaluations(): number {
    return this.#source.rowEvaluations;
  }

  /** Current result of a query. */
  read(query: Query, args: Args): readonly Row[] {
    return openView(planQuery(this.#tables, query, args), this.#source).state().rows;
  }

  /** The same with the freedom that ties leave. */
  state(query: Query, args: Args): State {
    return openView(planQuery(this.#tables, query, args), this.#source).state();
  }

  /** Whether exactly one order of a query's result is right. */
  isTotal(query: Query, args: Args): boolean {
    const plan = planQuery(this.#tables, query, args);
    return plan.kind !== "select" || plan.isTotal;
  }

  /** Keys of a table from the smallest that ever was to the largest, `undefined` for a table that never had a row. */
  keySpan(table: string): { readonly lowest: number; readonly highest: number } | undefined {
    return this.#source.stores.get(tableNamed(this.#tables, table).name)!.keySpan;
  }

  /** Applies one committed write or batch; a read changes nothing. */
  apply(operation: Operation): void {
    this.#commit(operation);
  }

  /**
   * Replays a phase's operations and notes what each watch, each read among them and each final read must show.
   *
   * Costs a little work per written row, plus work per watch or read whose result changes; done before the phase is
   * played, so that nothing competes with the child for a CPU while its clock runs. `digester` is the child's.
   */
  advance(phase: Phase, operations: readonly Operation[], digester: Digester): PhaseExpectation {
    const views = new PhaseViews(this.#tables, this.#source);
    const histories = new Map<View, Moment[]>();
    const watched = phase.watches.map(({ query, args }) => {
      const view = views.of(query, args);
      histories.set(view, [{ state: view.state(), operation: -1 }]);
      return view;
    });
    const expected = (view: View): ExpectedRead => {
      const { columns } = view.plan;
      const state = view.state();
      const moments = [{ state, operation: -1 }];
      return { state, sequence: new StateSequence({ columns, isTotal: isTotal(view), moments, digester }) };
    };
    const pages = new PageHistories();
    const reads = new Map<number, ExpectedRead>();
    const transactionReads = new Map<number, readonly ExpectedRead[]>();
    const readViews = new Map<number, View>();
    const groups = (phase.laneCount ?? 1) > 1
      ? new WriteGroups(
        this.#tables,
        operations.some(({ kind }) => kind === "navigate" || kind === "transaction"),
      )
      : undefined;
    if (groups !== undefined) {
      // Reads see states in the making, so that those have to be noted from the start.
      for (const [index, operation] of operations.entries()) {
        if (operation.kind !== "read") continue;
        const view = views.of(operation.query, operation.args);
        readViews.set(index, view);
        if (!histories.has(view)) histories.set(view, [{ state: view.state(), operation: -1 }]);
      }
    }
    for (const [index, operation] of operations.entries()) {
      if (operation.kind === "read") {
        groups?.add(operation, [], []);
        if (groups === undefined) reads.set(index, expected(views.of(operation.query, operation.args)));
        continue;
      }
      if (operation.kind === "navigate") {
        groups?.add(operation, [], []);
        pages.turnTo(operation.watches.map(({ query, args }) => views.of(query, args)), index);
        continue;
      }
      const inside: ExpectedRead[] = [];
      const changes = this.#commit(operation, (view) => inside.push(expected(view)));
      if (operation.kind === "transaction") transactionReads.set(index, inside);
      groups?.add(operation, changes, histories.keys());
      for (const view of views.visitedBy(changes)) {
        const own = histories.get(view);
        for (const history of own === undefined ? pages.of(view) : [own, ...pages.of(view)]) {
          const state = view.state();
          if (!statesEqual(history.at(-1)!.state, state, view.plan.columns)) {
            history.push({ state, operation: index });
          }
        }
      }
    }
    const sequenceOf = (view: View, moments: readonly Moment[]): StateSequence =>
      new StateSequence({ columns: view.plan.columns, isTotal: isTotal(view), moments, digester });
    const sequences = new Map([...histories].map(([view, moments]) => [view, sequenceOf(view, moments)]));
    for (const [index, view] of readViews) {
      const sequence = sequences.get(view)!;
      reads.set(index, { state: sequence.final, sequence, isBesideWrites: true });
    }
    return expectPhase({
      phase,
      operations,
      watched: watchedIn(phase, operations),
      sequences: [
        ...watched.map((view) => sequences.get(view)!),
        ...pages.all.map(({ view, moments }) => sequenceOf(view, moments)),
      ],
      leftCount: pages.leftCount,
      reads,
      transactionReads,
      checks: phase.checks.map(({ query, args }) => {
        return expected(views.of(query, args));
      }),
      ...(groups === undefined ? {} : { groups: groups.result() }),
    });
  }

  /** All rows of a batch are one commit, and all steps of a transaction; `read` is called for each of its reads. */
  #commit(operation: Operation, read: (view: View) => void = () => {}): readonly RowChange[] {
    if (operation.kind === "read" || operation.kind === "navigate") return [];
    const storeOf = ({ table }: WriteStatement) =>
      this.#source.stores.get(tableNamed(this.#tables, table).name)!;
    if (operation.kind === "transaction") {
      return replayTransaction(operation.steps, {
        storeOf,
        read: (query, args) => read(openView(planQuery(this.#tables, query, args), this.#source)),
      });
    }
    const { statement } = operation;
    const store = storeOf(statement);
    const changes: RowChange[] = [];
    for (const args of operation.kind === "batch" ? operation.rows : [operation.args]) {
      applyWrite(store, statement, args, changes);
    }
    return changes;
  }
}

function isTotal({ plan }: View): boolean {
  return plan.kind !== "select" || plan.isTotal;
}

/** The views of one phase: one per query and arguments, kept up to date until the phase is over. */
class PhaseViews {
  readonly #tables: readonly Table[];
  readonly #source: ViewSource;
  readonly #router = new ViewRouter();
  readonly #views = new Map<Query, Map<string, View>>();

  constructor(tables: readonly Table[], source: ViewSource) {
    this.#tables = tables;
    this.#source = source;
  }

  of(query: Query, args: Args): View {
    const byArgs = this.#views.get(query) ?? new Map<string, View>();
    this.#views.set(query, byArgs);
    const key = JSON.stringify(args.map(taggedText));
    const known = byArgs.get(key);
    if (known !== undefined) return known;
    const view = openView(planQuery(this.#tables, query, args), this.#source);
    byArgs.set(key, view);
    this.#router.add(view);
    return view;
  }

  visitedBy(changes: readonly RowChange[]): ReadonlySet<View> {
    const visited = new Set<View>();
    for (const change of changes) this.#router.dispatch(change, visited);
    return visited;
  }
}

/** Values of different types never meet, although their texts may be equal. */
function taggedText(value: Value): string {
  return `${typeof value}:${value}`;
}
