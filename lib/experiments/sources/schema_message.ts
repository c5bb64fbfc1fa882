import { z } from "zod";
import { didYouMean } from "../../model/nearest.ts";

/** What an issue of a schema says, in the words of the other rules: what must be, and what is. */
export function schemaMessage(issue: z.core.$ZodIssue, root: unknown, schema: z.ZodType): string {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `keys must be known${didYouMean(key, keysOf(schema))}: "${key}" is not`)
      .join("; ");
  }
  const value = issue.path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined,
    root,
  );
  const actual = Array.isArray(value) ? `a list of ${value.length}` : JSON.stringify(value) ?? "missing";
  return `${expectation(issue, value)}: it is ${actual.length > 60 ? `${actual.slice(0, 59)}…` : actual}`;
}

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a text",
};

function expectation(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return choice(issue.values, value);
    case "invalid_union":
      // The library's types leave out what a union tells that is chosen by one key.
      return "options" in issue && Array.isArray(issue.options)
        ? choice(issue.options, value)
        : issue.message;
    case "too_small": {
      const limit = `${issue.inclusive === true ? "at least" : "more than"} ${issue.minimum}`;
      return issue.origin === "array" ? `must be a list of ${limit}` : `must be ${limit}`;
    }
    case "too_big":
      return `must be ${issue.inclusive === true ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "datetime" ? "must be a moment as ISO 8601 in UTC" : issue.message;
    default:
      return issue.message;
  }
}

function choice(options: readonly unknown[], value: unknown): string {
  const names = options.map(String);
  const guess = typeof value === "string" ? didYouMean(value, names) : "";
  return `must be ${names.length === 1 ? "" : "one of "}${names.join(", ")}${guess}`;
}

/** Every key that a schema knows anywhere. */
function keysOf(schema: z.ZodType): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") { for (const name of Object.keys(value)) found.add(name); }
      visit(value);
    }
  };
  visit(z.toJSONSchema(schema, { unrepresentable: "any" }));
  return found;
}
