/**
 * Tells drivers to run as in production, without the checks and hints that they add for developers.
 *
 * They ask `process.env.NODE_ENV`, most of them while they load: an adapter calls this before, and its permissions
 * name the variable. Where there is no process, the value is written into the bundle.
 */
export function enterProductionMode(): void {
  const { process } = globalThis as { process?: { readonly env: Record<string, string> } };
  if (process !== undefined) process.env["NODE_ENV"] = "production";
}
