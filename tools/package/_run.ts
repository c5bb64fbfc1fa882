/** How a program ended. */
export interface Ran {
  readonly code: number;
  /** Standard output, then standard error. */
  readonly text: string;
}

/** Variables of the environment, beside those at hand. */
export type Variables = Readonly<Record<string, string>>;

/** Runs a program to its end, in plain text and without a keyboard. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Variables = {},
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
