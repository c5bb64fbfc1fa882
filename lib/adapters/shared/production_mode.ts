/**
 * Tells drivers to run as in production, without the checks and hints that they add for developers.
 *
 * They ask `process.env.NODE_ENV`, most of them while they load: an adapter calls this before, and its permissions
 * name the variable.
 */
export function enterProductionMode(): void {
  Deno.env.set("NODE_ENV", "production");
}
