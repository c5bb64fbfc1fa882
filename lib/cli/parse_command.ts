import { type Command, CommanderError } from "commander";
import { UsageError } from "../model/mod.ts";
import { asTypedHere } from "./command_line.ts";
import { printText } from "./print_text.ts";

/**
 * Parses what was typed behind a command's name. Returns `false` when help was asked for and printed.
 * Throws a UsageError, with the nearest option, for what cannot be understood; nothing else is printed.
 */
export function parseCommand(command: Command, args: readonly string[]): boolean {
  for (const one of [command, ...command.commands]) {
    one.configureOutput({ writeErr: () => {}, writeOut: (text) => printText(asTypedHere(text)) })
      .exitOverride();
  }
  try {
    command.parse(args, { from: "user" });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return false;
    if (error.code === "commander.help") {
      const names = command.commands.map((one) => one.name()).join(" or ");
      throw new UsageError(`Cannot go on as a command must be named: ${names}`);
    }
    throw new UsageError(error.message.replace(/^error: /, "").replaceAll("\n", " "));
  }
}
