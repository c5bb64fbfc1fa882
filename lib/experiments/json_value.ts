import { messageOf } from "../model/errors.ts";

/** Parses JSON, or says in one line why it is none. */
export function parseJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `it must be JSON: ${messageOf(error)}` };
  }
}

/** Whether a parsed value is an object with keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
