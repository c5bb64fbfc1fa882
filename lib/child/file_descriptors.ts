/**
 * The channel of a child process that its parent started with two more pipes: lines come in on one file descriptor and
 * go out on another. Works alike in Deno, Node and Bun, without a permission.
 */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { append } from "../protocol/append.ts";
import type { Channel } from "./serve.ts";

/** File descriptors of the child, as the parent lays them out. */
export const DESCRIPTORS = { out: 3, in: 4 } as const;

const NEWLINE = 10;
const write = writeSync;
const encoder = new TextEncoder();
const encode = encoder.encode.bind(encoder);

/** Lines from the parent. Bun cannot make a socket of a descriptor, and brings its own. */
function openInput(): Readable {
  return new Socket({ fd: DESCRIPTORS.in, readable: true, writable: false });
}

/** Opens the channel. `onGone` is called once when the parent has closed its end. */
export function openDescriptors(onGone: () => void, input: Readable = openInput()): Channel {
  /** From `first` on; nothing before it is needed any more. */
  let lines: string[] = [];
  let first = 0;
  let waiting: ((line: string | undefined) => void) | undefined;
  let isGone = false;
  let parts: Buffer[] = [];
  input.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      append(parts, rest.subarray(0, end));
      deliver(Buffer.concat(parts).toString("utf8"));
      parts = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) append(parts, rest);
  });
  const leave = (): void => {
    if (isGone) return;
    isGone = true;
    answer(undefined);
    onGone();
  };
  input.on("end", leave);
  input.on("close", leave);
  input.on("error", leave);

  function deliver(line: string): void {
    if (waiting === undefined) append(lines, line);
    else answer(line);
  }

  function answer(line: string | undefined): void {
    const waiter = waiting;
    waiting = undefined;
    waiter?.(line);
  }

  return {
    receive: () => {
      if (first < lines.length) {
        const line = lines[first]!;
        first += 1;
        if (first === lines.length) {
          lines = [];
          first = 0;
        }
        return Promise.resolve(line);
      }
      if (isGone) return Promise.resolve(undefined);
      return new Promise((resolve) => waiting = resolve);
    },
    send: (line) => {
      const bytes = encode(`${line}\n`);
      for (let written = 0; written < bytes.length;) {
        written += writeSome(bytes, written);
      }
    },
    close: () => {
      isGone = true;
      input.destroy();
    },
  };
}

/** A pipe that is full for the moment takes nothing; the parent empties it all the time. */
function writeSome(bytes: Uint8Array, from: number): number {
  try {
    return write(DESCRIPTORS.out, bytes, from);
  } catch (error) {
    if ((error as { code?: string }).code === "EAGAIN") return 0;
    throw error;
  }
}
