/** The texts at the top of a run's page. None is escaped. */
export interface RunHeading {
  /** Title of the window. */
  readonly title: string;
  /** Heading. */
  readonly heading: string;
  /** What stands below it. */
  readonly lead: string;
}

/** The heading of a run, whose texts are harmless already. */
export function runHeading({ id, label, status, startedAt, outcome }: {
  readonly id: string;
  readonly label: string;
  readonly status: string;
  readonly startedAt: string;
  readonly outcome: string;
}): RunHeading {
  return {
    title: `${label}, ${startedAt.slice(0, 10)} - Watchbench`,
    heading: label,
    lead: `${id}, ${status}. ${outcome}.`,
  };
}
