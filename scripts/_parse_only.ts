/** What a command makes of its arguments, without what it does with them. For tests of commands that are printed. */
import { Command } from "commander";

/** An entry of the command line, or what reads its arguments. */
export type ReadsArguments = (args: readonly string[]) => unknown;

/** Stands for: everything was read, and would be done now. */
class ReadError extends Error {}

/**
 * Has a command read its arguments and do nothing. Rejects with what it throws about them, and with an Error where it ends
 * without having read any.
 */
export async function parseOnly(run: ReadsArguments, args: readonly string[]): Promise<void> {
  const { parse } = Command.prototype;
  await stoppedAt(run, args, function (...all) {
    parse.apply(this, all);
  });
}

/** The help of a command. */
export async function helpOf(run: ReadsArguments): Promise<string> {
  let help = "";
  await stoppedAt(run, [], function () {
    this.configureOutput({ writeOut: (text) => help += text }).outputHelp();
  });
  return help;
}

async function stoppedAt(
  run: ReadsArguments,
  args: readonly string[],
  read: (this: Command, ...all: Parameters<Command["parse"]>) => void,
): Promise<void> {
  const { parse } = Command.prototype;
  Command.prototype.parse = function (...all) {
    read.apply(this, all);
    throw new ReadError("Read");
  };
  try {
    await run(args);
  } catch (error) {
    if (error instanceof ReadError) return;
    throw error;
  } finally {
    Command.prototype.parse = parse;
  }
  throw new Error(`Cannot read "${args.join(" ")}" as the command did not look at its arguments`);
}
