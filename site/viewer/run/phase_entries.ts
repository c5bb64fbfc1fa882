import type { PhaseView, SectionView } from "../../pages/view.ts";

/** One adapter in one phase. */
export interface Entry {
  readonly name: string;
  readonly color: number;
  readonly isFloor: boolean;
  readonly hasFailures: boolean;
  readonly phase: PhaseView;
}

/** Everyone who has numbers in a phase, in the order of the plan. */
export function entriesOf(section: SectionView, phaseName: string): Entry[] {
  return section.cells.flatMap((cell) => {
    const phase = cell.phases.find(({ name }) => name === phaseName);
    if (phase === undefined) return [];
    return [{
      name: cell.name,
      color: cell.adapter,
      isFloor: phase.unwatched,
      hasFailures: cell.failures.length > 0,
      phase,
    }];
  });
}

/** Everyone who ran a phase with live queries. */
export function ranked(section: SectionView, phaseName: string): Entry[] {
  return entriesOf(section, phaseName).filter(({ isFloor }) => !isFloor);
}
