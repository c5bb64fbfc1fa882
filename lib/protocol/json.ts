/**
 * JSON for messages, with the values that JSON lacks: bigints, bytes, columns of numbers, numbers that are not finite.
 *
 * The text is built from primitives alone, since `JSON.stringify` asks objects and arrays for a `toJSON` that an
 * adapter could have put on their prototypes. What JSON lacks is an object whose only key is `$`:
 * `{"$":["bigint","12"]}`.
 */
const stringify = JSON.stringify as (text: string) => string;
const parse = JSON.parse as (text: string) => unknown;
const { isArray } = Array;
const { isFinite } = Number;
const { is, hasOwn, defineProperty } = Object;
const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const typedArrayName = getOwnPropertyDescriptor(
  getPrototypeOf(Uint8Array.prototype)!,
  Symbol.toStringTag,
)!.get!;
const { toBase64, fromBase64 } = base64();
const toBigInt = BigInt;
const toText = String;
const Columns = Float64Array;

/** The platform's own, which Node 24 does not have yet, or the older one for texts. Both are taken before an adapter is loaded. */
function base64(): { toBase64(bytes: Uint8Array): string; fromBase64(text: string): Uint8Array } {
  const own: ((this: Uint8Array) => string) | undefined = Uint8Array.prototype.toBase64;
  if (own !== undefined) {
    const toBase64 = own;
    return {
      toBase64: (bytes) => apply(toBase64, bytes, []) as string,
      fromBase64: Uint8Array.fromBase64.bind(Uint8Array),
    };
  }
  const { btoa, atob } = globalThis;
  const { fromCharCode } = String;
  const Bytes = Uint8Array;
  const charCodeAt = String.prototype.charCodeAt;
  return {
    toBase64: (bytes) => {
      let text = "";
      for (let index = 0; index < bytes.length; index++) text += fromCharCode(bytes[index]!);
      return btoa(text);
    },
    fromBase64: (encoded) => {
      const text = atob(encoded);
      const bytes = new Bytes(text.length);
      for (let index = 0; index < text.length; index++) {
        bytes[index] = apply(charCodeAt, text, [index]) as number;
      }
      return bytes;
    },
  };
}

/** Message as one line. Functions and symbols are left out as `null`; `undefined` members are left out. */
export function encodeJson(value: unknown): string {
  switch (typeof value) {
    case "number":
      if (isFinite(value) && !is(value, -0)) return toText(value);
      return `{"$":["number",${stringify(is(value, -0) ? "-0" : toText(value))}]}`;
    case "string":
      return stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return `{"$":["bigint","${toText(value)}"]}`;
    case "object":
      return value === null ? "null" : encodeObject(value);
    default:
      return "null";
  }
}

/** The value of a line that {@link encodeJson} wrote. Throws a SyntaxError for anything else. */
export function decodeJson(text: string): unknown {
  return revive(parse(text));
}

function encodeObject(value: object): string {
  if (isArray(value)) {
    let text = "[";
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text += ",";
      text += encodeJson(value[index]);
    }
    return `${text}]`;
  }
  const typed: unknown = apply(typedArrayName, value, []);
  if (typed === "Float64Array") {
    const numbers = value as Float64Array;
    let text = '{"$":["columns",';
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index]!;
      text += `${index === 0 ? "[" : ","}${isFinite(number) ? toText(number) : "null"}`;
    }
    return `${text}${numbers.length === 0 ? "[" : ""}]]}`;
  }
  if (typed === "Uint8Array") return `{"$":["bytes","${toBase64(value as Uint8Array)}"]}`;
  const members = value as Record<string, unknown>;
  let text = "";
  for (const name in members) {
    if (!hasOwn(members, name) || members[name] === undefined) continue;
    text += `${text === "" ? "" : ","}${stringify(name)}:${encodeJson(members[name])}`;
  }
  return hasOwn(members, "$") ? `{"$":["object",{${text}}]}` : `{${text}}`;
}

function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const one: unknown = value[index];
      if (typeof one === "object" && one !== null) value[index] = revive(one);
    }
    return value;
  }
  if (hasOwn(value, "$")) return reviveMarked((value as { $: unknown }).$);
  return reviveMembers(value);
}

function reviveMembers(value: object): object {
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const one = members[name];
    if (typeof one !== "object" || one === null) continue;
    const revived = revive(one);
    if (revived !== one) defineProperty(members, name, { ...OPEN, value: revived });
  }
  return value;
}

const OPEN = { configurable: true, enumerable: true, writable: true } as const;

function reviveMarked(marked: unknown): unknown {
  const [kind, content] = isArray(marked) ? [marked[0] as unknown, marked[1] as unknown] : [];
  switch (kind) {
    case "bigint":
      return toBigInt(content as string);
    case "number":
      return content === "-0" ? -0 : content === "NaN" ? NaN : content === "Infinity" ? Infinity : -Infinity;
    case "bytes":
      return fromBase64(content as string);
    case "columns": {
      const numbers = content as (number | null)[];
      const column = new Columns(numbers.length);
      for (let index = 0; index < numbers.length; index++) column[index] = numbers[index] ?? NaN;
      return column;
    }
    case "object":
      return reviveMembers(content as object);
    default:
      throw new SyntaxError(
        `Cannot read a message as "$" must mark a kind of value: it marks ${toText(kind)}`,
      );
  }
}
