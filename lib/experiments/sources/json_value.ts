import { parse, type ParseError } from "jsonc-parser";
import { messageOf } from "../../model/errors.ts";
import { lineAt } from "./json_path.ts";

/** Why a text is no JSON. */
export interface JsonFault {
  /** One line. */
  readonly fault: string;
  /** Where it ceases to be JSON, counted from 1. */
  readonly line: number;
}

/** Parses JSON, or says in one line why it is none. */
export function parseJson(text: string): { readonly value: unknown } | JsonFault {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (text.startsWith("\ufeff")) return { fault: "it must be JSON without a byte order mark", line: 1 };
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true });
    const offset = errors[0]?.offset ?? text.length;
    const column = offset - text.lastIndexOf("\n", offset - 1);
    // The engine tells the place of some errors only, and quotes the text for others.
    const message = messageOf(error).replace(/ in JSON at position.*$/s, "")
      .replace(/ at position \d+.*$/s, "").replace(/^(Unexpected token '.+?'),.*$/s, "$1");
    return { fault: `it must be JSON: ${message}, at column ${column}`, line: lineAt(text, offset) };
  }
}

/** Whether a parsed value is an object with keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
