/** Where the C library is that knows the thread CPU clock; the child may load this file and nothing else. */

const CANDIDATES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
  ],
};

/**
 * Absolute path of the C library, `undefined` where none of the usual places has one. Needs read permission.
 *
 * Only Linux is listed: on macOS the library is not a file, and the clock ids differ.
 */
export function findLibc(): string | undefined {
  return (CANDIDATES[Deno.build.os] ?? []).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
