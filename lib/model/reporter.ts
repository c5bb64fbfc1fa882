import type { RunRecord } from "./record.ts";

/** Turns a stored run into text. Pure: the same record gives the same bytes. */
export interface Reporter {
  /** Kebab-case; the file has the same name in snake_case. */
  readonly id: string;
  /** Its name for people. */
  readonly title: string;
  /** Extension of a file that holds the text, without dot. */
  readonly extension: string;
  /** The text of a run. */
  render(record: RunRecord): string;
}
