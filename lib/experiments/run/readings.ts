/** What the blocks of an experiment's run say of each arm, round by round. */
import type { Block, Criterion, Experiment, MeasuredBlock, RunRecord, Settings } from "../../model/mod.ts";
import { sideValue } from "../../stats/mod.ts";
import { type ExperimentLanes, lanesOf, roundGroups } from "./lanes.ts";
import { blocksPerRound, type CellGroup, roundOf } from "./plan_round.ts";
import { type CounterUnits, counterUnits, readQuantity } from "./read_quantity.ts";
import { judgeWeather, type RoundWeather } from "./weather.ts";

/** The part of a run that is judged. */
export type JudgedRun = Pick<RunRecord, "adapters" | "results"> & {
  readonly settings: Pick<Settings, "blocksPerSide">;
};

/** Values of quantities by arm, in the rounds that count. */
export class Readings {
  /** Rounds that count, ascending. */
  readonly rounds: readonly number[];
  /** All rounds. */
  readonly weather: readonly RoundWeather[];
  readonly #lanes: ExperimentLanes;
  readonly #groups: readonly CellGroup[];
  readonly #blocks: ReadonlyMap<string, readonly Block[]>;
  readonly #units: CounterUnits;

  /** Reads blocks of the experiment's lanes; others are ignored. */
  constructor(experiment: Experiment, run: JudgedRun) {
    this.#lanes = lanesOf(experiment);
    const groups = roundGroups(experiment, this.#lanes, run.settings.blocksPerSide ?? 1);
    const cells = groups.map((group) => group.map(({ cell }) => cell));
    const keys = new Set(cells.flat().map(({ key }) => key));
    this.#groups = cells;
    const blocks = run.results.filter(({ cellKey }) => keys.has(cellKey));
    this.weather = judgeWeather(blocks, cells, this.#lanes.drift?.cell.key);
    this.rounds = this.weather.filter(({ disturbance }) => disturbance === undefined)
      .map(({ roundIndex }) => roundIndex);
    this.#blocks = Map.groupBy(blocks, (block) => `${block.cellKey} ${roundOf(cells, block)}`);
    this.#units = counterUnits(run.adapters);
  }

  /** The blocks of an arm where a criterion is read, in a list per round that counts. */
  blocksOf(arm: string, { workload, scale }: Criterion["place"]): (readonly Block[])[] {
    const key = this.#keyOf(arm, { workload, ...(scale === undefined ? {} : { scale }) });
    return this.rounds.map((round) => this.#blocks.get(`${key} ${round}`) ?? []);
  }

  /** The value of the side in each round that counts; `undefined` where one of its blocks has none. */
  valuesOf(arm: string, what: Pick<Criterion, "place" | "quantity">): (number | undefined)[] {
    const count = blocksPerRound(this.#groups, this.#keyOf(arm, what.place) ?? "");
    return this.blocksOf(arm, what.place).map((blocks) => {
      const values = blocks.flatMap((block) => this.#valueOf(block, what) ?? []);
      return values.length === count && count > 0 ? sideValue(values) : undefined;
    });
  }

  /** The values of all blocks that have one, in the rounds that count. */
  blockValuesOf(arm: string, what: Pick<Criterion, "place" | "quantity">): number[] {
    return this.blocksOf(arm, what.place).flat().flatMap((block) => this.#valueOf(block, what) ?? []);
  }

  #keyOf(
    arm: string,
    { workload, scale }: Pick<Criterion["place"], "workload" | "scale">,
  ): string | undefined {
    return this.#lanes.lanes.find(({ arm: { name }, place }) =>
      name === arm && place.workload === workload && (scale === undefined || place.scale === scale)
    )?.measured.cell.key;
  }

  #valueOf(block: Block, { place, quantity }: Pick<Criterion, "place" | "quantity">): number | undefined {
    return block.status === "measured" && block.verdict === "converged"
      ? readQuantity(block as MeasuredBlock, place, quantity, this.#units)
      : undefined;
  }
}
