/**
 * The channel of a child process that its parent started with two more pipes: lines come in on one file descriptor and
 * go out on another. Works alike in Deno and Node, without a permission.
 */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Channel } from "./serve.ts";

/** File descriptors of the child, as the parent lays them out. */
export const DESCRIPTORS = { out: 3, in: 4 } as const;

const NEWLINE = 10;
const write = writeSync;
const encoder = new TextEncoder();
const encode = encoder.encode.bind(encoder);

/** Opens the channel. `onGone` is called once when the parent has closed its end. */
export function openDescriptors(onGone: () => void): Channel {
  const lines: string[] = [];
  const waiters: ((line: string | undefined) => void)[] = [];
  let isGone = false;
  let parts: Buffer[] = [];
  const socket = new Socket({ fd: DESCRIPTORS.in, readable: true, writable: false });
  socket.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      parts.push(rest.subarray(0, end));
      deliver(Buffer.concat(parts).toString("utf8"));
      parts = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
  });
  const leave = (): void => {
    if (isGone) return;
    isGone = true;
    for (const waiter of waiters.splice(0)) waiter(undefined);
    onGone();
  };
  socket.on("end", leave);
  socket.on("close", leave);
  socket.on("error", leave);

  function deliver(line: string): void {
    const waiter = waiters.shift();
    if (waiter === undefined) lines.push(line);
    else waiter(line);
  }

  return {
    receive: () => {
      const line = lines.shift();
      if (line !== undefined || isGone) return Promise.resolve(line);
      return new Promise((resolve) => waiters.push(resolve));
    },
    send: (line) => {
      const bytes = encode(`${line}\n`);
      for (let written = 0; written < bytes.length;) {
        written += writeSome(bytes, written);
      }
    },
    close: () => {
      isGone = true;
      socket.destroy();
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
