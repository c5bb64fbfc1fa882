/**
 * A quick yes to what a schema accepts.
 *
 * zod copies what it checks and gathers every fault, which is most of the time that it takes to read ten thousand runs.
 * An acceptor only looks. What it does not know it leaves to zod, and a no of an acceptor decides nothing: the schema is
 * asked then, for the verdict and for the words.
 */
import type { z } from "zod";

/** Says yes only to what the schema accepts as it is; a no says nothing. */
export type Acceptor = (value: unknown) => boolean;

/** What is read of a schema's definition. */
interface Definition {
  readonly type: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly checks?: readonly Checked[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly discriminator?: string;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
}

interface Checked {
  readonly _zod: {
    readonly def: {
      readonly check: string;
      readonly value?: unknown;
      readonly inclusive?: boolean;
      readonly minimum?: number;
      readonly format?: string;
      readonly pattern?: RegExp;
    };
  };
}

/** Makes the acceptor of a schema whose input is parsed JSON. */
export function acceptorOf(schema: z.ZodType): Acceptor {
  return known(schema) ?? ((value) => schema.safeParse(value).success);
}

function partOf(schema: z.core.$ZodType): Acceptor {
  return acceptorOf(schema as z.ZodType);
}

/** `undefined` for a kind of schema, or a check on one, that only zod understands. */
function known(schema: z.ZodType): Acceptor | undefined {
  const def = schema._zod.def as unknown as Definition;
  const tests = (def.checks ?? []).map(testOf);
  if (tests.includes(undefined)) return undefined;
  const plain = plainOf(def);
  if (plain === undefined || tests.length === 0) return plain;
  return (value) => plain(value) && tests.every((test) => test!(value));
}

function plainOf(def: Definition): Acceptor | undefined {
  switch (def.type) {
    case "string": {
      const { format, pattern } = def;
      if (format === undefined) return (value) => typeof value === "string";
      return pattern === undefined ? undefined : (value) => typeof value === "string" && pattern.test(value);
    }
    case "number":
      if (def.format === undefined) return Number.isFinite;
      return def.format === "safeint" ? Number.isSafeInteger : undefined;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "literal":
      return (value) => def.values!.includes(value);
    case "enum": {
      const values = new Set<unknown>(Object.values(def.entries!));
      return (value) => values.has(value);
    }
    case "readonly":
      return partOf(def.innerType!);
    case "array": {
      const item = partOf(def.element!);
      return (value) => Array.isArray(value) && value.every(item);
    }
    case "record":
      return recordAcceptor(def);
    case "object":
      return objectAcceptor(def);
    case "union":
      return unionAcceptor(def);
    default:
      return undefined;
  }
}

function testOf({ _zod: { def } }: Checked): Acceptor | undefined {
  const { check, value: limit, inclusive, minimum, pattern } = def;
  switch (check) {
    case "min_length":
      return (value) => (value as string).length >= minimum!;
    case "string_format":
      return pattern === undefined || pattern.global ? undefined : (value) => pattern.test(value as string);
    case "greater_than":
      return typeof limit === "number" && inclusive ? (value) => (value as number) >= limit : undefined;
    case "less_than":
      return typeof limit === "number" && inclusive ? (value) => (value as number) <= limit : undefined;
    default:
      return undefined;
  }
}

function recordAcceptor({ keyType, valueType }: Definition): Acceptor | undefined {
  const key = keyType!._zod.def as unknown as Definition;
  if (key.type !== "string" || key.format !== undefined || key.checks !== undefined) return undefined;
  const accepts = partOf(valueType!);
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) {
      // A key that means something else to the language is for zod to judge.
      if (name === "__proto__" || !accepts(value[name])) return false;
    }
    return true;
  };
}

/** Only objects that refuse unknown keys. */
function objectAcceptor({ shape, catchall }: Definition): Acceptor | undefined {
  if ((catchall?._zod.def as { type?: string } | undefined)?.type !== "never") return undefined;
  const parts = new Map<string, Acceptor>();
  const required: string[] = [];
  for (const [name, schema] of Object.entries(shape!)) {
    const { type, innerType } = schema._zod.def as unknown as Definition;
    if (type !== "optional") required.push(name);
    parts.set(name, partOf(type === "optional" ? innerType! : schema));
  }
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) {
      const accepts = parts.get(name);
      if (accepts === undefined || !accepts(value[name])) return false;
    }
    return required.every((name) => Object.hasOwn(value, name));
  };
}

/** Only unions whose options one field tells apart. */
function unionAcceptor({ options, discriminator }: Definition): Acceptor | undefined {
  if (discriminator === undefined) return undefined;
  const byValue = new Map<unknown, Acceptor>();
  for (const option of options!) {
    const field = (option._zod.def as unknown as Definition).shape?.[discriminator];
    const def = field?._zod.def as unknown as Definition | undefined;
    if (def?.type !== "literal") return undefined;
    for (const value of def.values!) byValue.set(value, partOf(option));
  }
  return (value) => isObject(value) && (byValue.get(value[discriminator])?.(value) ?? false);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
