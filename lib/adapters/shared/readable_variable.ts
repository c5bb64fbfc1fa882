/**
 * The value of an environment variable; `undefined` when it is empty, not set, or this process may not read it.
 *
 * For permissions that depend on a variable: every child process holds the registry of adapters, few may read any.
 */
export function readableVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
