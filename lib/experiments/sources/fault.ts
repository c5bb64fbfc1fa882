/** What a check found: a rule that something stored does not keep, and where. */
import { jsonLine, type JsonPath, jsonPathText } from "./json_path.ts";

/** One rule that is not kept in one place. */
export interface Fault {
  /** Kebab-case and stable, so that it can be searched for. */
  readonly rule: string;
  /** Relative to the root of what was checked, with `/`. */
  readonly file: string;
  /** Counts from 1; absent for faults of a whole file. */
  readonly line?: number;
  /** Where in a JSON document, such as `directions[0].keyPriors[2]`. */
  readonly path?: string;
  /** One sentence without final period: what must be, and what is. */
  readonly message: string;
}

/** A fault at a path of a JSON document, with the line that the path leads to when the document's text is given. */
export function faultAt(
  file: string,
  rule: string,
  path: JsonPath,
  message: string,
  text?: string,
): Fault {
  const line = text === undefined ? undefined : jsonLine(text, path);
  return {
    rule,
    file,
    ...(line === undefined ? {} : { line }),
    ...(path.length === 0 ? {} : { path: jsonPathText(path) }),
    message,
  };
}

/** A fault in a text, at the first line that contains `needle`; of the whole file when none does. */
export function faultBeside(
  file: string,
  rule: string,
  text: string,
  needle: string,
  message: string,
): Fault {
  const index = text.split("\n").findIndex((line) => line.includes(needle));
  return { rule, file, ...(index === -1 ? {} : { line: index + 1 }), message };
}
