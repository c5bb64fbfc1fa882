/**
 * Writes text to standard output as it is. Throws the system's error when it is not taken: code `EPIPE` when whoever
 * read it has left.
 */
export function printText(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}
