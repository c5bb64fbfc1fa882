import { NO_VALUE } from "../../../../lib/report/format.ts";
import type { AdapterView } from "../../../../lib/report/html/view.ts";
import { delayText } from "../badges.ts";
import type { TableColumn, TableField } from "../data_table.ts";

/** What kind of system a row is: without these, a store that forgets everything stands beside one that syncs a file. */
export const KIND_COLUMNS: readonly TableColumn[] = [
  { title: "class", hint: "What a crash can take, or that it has a server, is a model or ran unwatched" },
  { title: "works on", hint: "Where queries and writes are executed" },
  { title: "runs in", hint: "Runtimes that the library declares" },
  {
    title: "waits",
    hint: "Longest throttle, debounce or hold of live queries; (set): not what the library does by itself",
    isNumber: true,
  },
];

/** The fields of {@link KIND_COLUMNS}. `isFloor`: it ran without live queries, so that nothing waited. */
export function kindFields(
  { cellClass, worksOn, runsIn, delay }: AdapterView,
  isFloor = false,
): TableField[] {
  const shownClass = isFloor ? "floor" : cellClass;
  const runtimes = runsIn.join(", ");
  return [
    { content: shownClass, sort: shownClass },
    textField(worksOn),
    { ...textField(runtimes), class: "long" },
    delay === undefined || isFloor
      ? { content: NO_VALUE }
      : { content: delayText(delay), sort: delay.atMostMs },
  ];
}

function textField(text: string): TableField {
  return text === "" ? { content: NO_VALUE } : { content: text, sort: text };
}
