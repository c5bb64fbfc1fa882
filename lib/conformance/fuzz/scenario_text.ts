/** A history as the source of a scenario, to be pasted into `lib/conformance/found_scenarios.ts`. */
import type { Table } from "../../model/schema.ts";
import { count, insert, remove, select, type Statement, sum, update, upsert } from "../../model/statement.ts";
import type { History, Step } from "../history.ts";

const BUILDERS = { select, count, sum, insert, upsert, update, remove };

const BUILDER_NAMES: Readonly<Record<Statement["kind"], keyof typeof BUILDERS>> = {
  select: "select",
  count: "count",
  sum: "sum",
  insert: "insert",
  upsert: "upsert",
  update: "update",
  delete: "remove",
};

const INDENT = "  ";

/** Source text that gives the same history again. `comments` stand in front of it, one a line. */
export function scenarioText(key: string, { tables, steps }: History, comments: readonly string[]): string {
  return [
    ...comments.flatMap((comment) => comment.split("\n")).map((line) => `// ${line}`),
    `found(${JSON.stringify(key)}, {`,
    `${INDENT}tables: [`,
    ...tables.map((table) => `${INDENT.repeat(2)}${tableText(table)},`),
    `${INDENT}],`,
    `${INDENT}steps: [`,
    ...steps.map((step) => `${INDENT.repeat(2)}${stepText(step)},`),
    `${INDENT}],`,
    "}),",
  ].join("\n");
}

/**
 * The history of which {@link scenarioText} has made this text. The text is run as a program, so it must come from this
 * repository. Throws a SyntaxError when it is none of these.
 */
export function scenarioHistory(text: string): History {
  const [first = "", ...rest] = text.split("\n").filter((line) => !line.startsWith("//"));
  if (!/^found\("[^"]+", \{$/.test(first)) {
    throw new SyntaxError(
      `Cannot play a scenario again as it must begin with found("<key>", {: got "${first}"`,
    );
  }
  const source = [first, ...rest].join("\n").trimEnd().replace(/,$/, "");
  const play = new Function("found", ...Object.keys(BUILDERS), `"use strict"; return ${source};`);
  return play((_key: string, history: History) => history, ...Object.values(BUILDERS)) as History;
}

function tableText(table: Table): string {
  return literal(table);
}

function stepText(step: Step): string {
  return literal(step, (value) => isStatement(value) ? statementText(value) : undefined);
}

function statementText({ kind, params: _params, sql: _sql, ...draft }: Statement): string {
  return `${BUILDER_NAMES[kind]}(${literal(draft)})`;
}

function isStatement(value: object): value is Statement {
  return "kind" in value && "sql" in value && "params" in value;
}

/** A literal on one line; `special` may say what stands for an object. */
function literal(value: unknown, special: (value: object) => string | undefined = () => undefined): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const text = special(value);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, special)).join(", ")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${name}: ${literal(member, special)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
