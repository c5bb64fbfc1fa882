/**
 * The placeholders of a statement and SQLite's numbers for them.
 *
 * Neither SQLite's bindings nor EXPLAIN tell the names of placeholders, so the text is cut into tokens as SQLite's own
 * tokenizer (tokenize.c) does, far enough to tell a placeholder from what stands in a string, a quoted name or a comment.
 * Nothing else is ever read from the text.
 *
 * @module
 */

/** What a statement wants to be given. */
export interface Placeholders {
  /** Values by number: as many as the highest number. */
  readonly count: number;
  /** Placeholders of the forms `?` and `?5`. */
  readonly numbered: number;
  /** Each name once, with its prefix, in the order of SQLite's numbers, which start at 1. */
  readonly names: readonly string[];
}

/** Strings, quoted names and comments, to be passed over; words and numbers, which may hold `$`; placeholders. */
const token = new RegExp(
  [
    String.raw`'(?:[^']|'')*'?`,
    String.raw`"(?:[^"]|"")*"?`,
    "`(?:[^`]|``)*`?",
    String.raw`\[[^\]]*\]?`,
    String.raw`--[^\n]*`,
    String.raw`/\*[^]*?(?:\*/|$)`,
    String
      .raw`(?<placeholder>\?\d*|[:@$#](?=[\w$\u0080-\uffff]|::)(?:[\w$\u0080-\uffff]|::)*(?:\([^\s)]*\))?)`,
    String.raw`[\w$\u0080-\uffff]+`,
  ].join("|"),
  "g",
);

/** Finds the placeholders of one statement. */
export function findPlaceholders(sql: string): Placeholders {
  const names = new Map<string, number>();
  let count = 0;
  let numbered = 0;
  for (const { groups } of sql.matchAll(token)) {
    const placeholder = groups!["placeholder"];
    if (placeholder === undefined) continue;
    if (placeholder === "?") {
      numbered++;
      count++;
    } else if (placeholder.startsWith("?")) {
      numbered++;
      count = Math.max(count, Number(placeholder.slice(1)));
    } else if (!names.has(placeholder)) names.set(placeholder, ++count);
  }
  return { count, numbered, names: [...names.keys()] };
}

/**
 * The arguments that bind these values, by number, to a statement: by name where it has names, as `node:sqlite` passes over
 * named placeholders when it binds by position.
 */
export function bindingArguments<T>(
  names: readonly string[] | null,
  values: readonly T[],
): readonly (T | Record<string, T>)[] {
  if (names === null || values.length === 0) return values;
  const byName: Record<string, T> = {};
  for (let i = 0; i < names.length; i++) byName[names[i]!] = values[i]!;
  return [byName];
}
