/**
 * The value of an environment variable; `undefined` when it is empty, not set, this process may not read it, or the
 * runtime has no environment.
 *
 * For permissions that depend on a variable: every child process holds the registry of adapters, few may read any.
 */
export function readableVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { readonly env: Readonly<Record<string, string>> } };
  try {
    return process?.env[name] || undefined;
  } catch (error) {
    if ((error as Error).name === "NotCapable") return undefined;
    throw error;
  }
}
