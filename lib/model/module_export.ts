/** What members of an export must be, as `typeof` says it; an object is never `null`, and may be an array. */
export type MemberTypes = Readonly<Record<string, "string" | "number" | "object" | "function">>;

/**
 * What keeps the export of a module from outside from being used, as the end of a sentence; `undefined` when it has
 * all the members. What these hold is not looked at.
 */
export function exportFault(value: unknown, types: MemberTypes): string | undefined {
  if (value === undefined || value === null) return "it exports neither";
  const members = value as Readonly<Record<string, unknown>>;
  const missing = Object.keys(types).filter((name) =>
    members[name] === null || typeof members[name] !== types[name]
  );
  return missing.length === 0 ? undefined : `it lacks ${missing.join(", ")}`;
}
