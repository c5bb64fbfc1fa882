import CliTable, { type TableConstructorOptions } from "cli-table3";

/** Tables of aligned columns, without lines and without colours of the library's choice. */
export const BARE_TABLE: TableConstructorOptions = {
  style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  chars: {
    "top": "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    "bottom": "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    "left": "",
    "left-mid": "",
    "mid": "",
    "mid-mid": "",
    "right": "",
    "right-mid": "",
    "middle": "  ",
  },
};

/** Rows under a heading, as long as they come. */
export function bareTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new CliTable({ ...BARE_TABLE, head: [...head] });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}
