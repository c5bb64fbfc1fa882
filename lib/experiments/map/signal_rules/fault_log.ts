/** What is wrong with a signal map, and the rules that every part of one has to keep. */
import { didYouMean } from "../../../model/nearest.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { isObject } from "../../sources/json_value.ts";

/** A rule that the map breaks. */
export interface SignalFault {
  /** `error`: what resqlite's own checker refuses. `advice`: what it lets pass but should not. */
  readonly severity: "error" | "advice";
  /** Kebab-case. */
  readonly rule: string;
  /** From the root of the map. */
  readonly path: JsonPath;
  /** What must be, and what is. */
  readonly message: string;
}

/** Collects faults; nothing stops at the first one. */
export class FaultLog {
  /** In the order in which they were found. */
  readonly faults: SignalFault[] = [];

  /** What resqlite's own checker refuses. */
  error(rule: string, path: JsonPath, message: string): void {
    this.faults.push({ severity: "error", rule, path, message });
  }

  /** What it lets pass but should not. */
  advise(rule: string, path: JsonPath, message: string): void {
    this.faults.push({ severity: "advice", rule, path, message });
  }

  /** The objects of a list, each with its path; whatever is none is named. */
  objectsOf(
    list: unknown,
    rule: string,
    path: JsonPath,
    what: string,
  ): (readonly [Readonly<Record<string, unknown>>, JsonPath])[] {
    if (!Array.isArray(list)) {
      this.error(rule, path, `it must be a list of objects: it is ${show(list)}`);
      return [];
    }
    return list.flatMap((item: unknown, index) => {
      const at = [...path, index];
      if (isObject(item)) return [[item, at] as const];
      this.error(rule, at, `${what} must be an object: it is ${show(item)}`);
      return [];
    });
  }

  /** A text that is not blank. */
  requireText(object: Readonly<Record<string, unknown>>, key: string, path: JsonPath): void {
    if (!isBlank(object[key])) return;
    this.error("text", [...path, key], `it must be a text that is not blank: it is ${show(object[key])}`);
  }

  /** A list of texts that are not blank. */
  requireTexts(
    object: Readonly<Record<string, unknown>>,
    key: string,
    path: JsonPath,
    { isRequired, mayBeEmpty }: { readonly isRequired: boolean; readonly mayBeEmpty: boolean },
  ): void {
    const list = object[key];
    if (list === undefined && !isRequired) return;
    if (!Array.isArray(list) || (list.length === 0 && !mayBeEmpty)) {
      this.error(
        "texts",
        [...path, key],
        `it must be a list of texts${mayBeEmpty ? "" : ", at least one"}: it is ${show(list)}`,
      );
      return;
    }
    for (const [index, item] of list.entries()) {
      if (!isBlank(item)) continue;
      this.error("texts", [...path, key, index], `it must be a text that is not blank: it is ${show(item)}`);
    }
  }

  /** No key that is not known. */
  checkKeys(
    object: Readonly<Record<string, unknown>>,
    known: readonly string[],
    path: JsonPath,
    severity: SignalFault["severity"],
  ): void {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue;
      const message = `keys must be known${didYouMean(key, known)}: "${key}" is not`;
      this.faults.push({ severity, rule: "unknown-key", path: [...path, key], message });
    }
  }
}

/** A text that is blank, or no text. */
export function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

/** One of some values. */
export function isOneOf<T>(values: readonly T[], value: unknown): value is T {
  return values.includes(value as T);
}

/** A value in a message. */
export function show(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
