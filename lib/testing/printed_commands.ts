/** Commands of ours that pages and help texts show, as the words that a shell would make of them. */
import { join } from "node:path";

/** One command of ours. */
export interface PrintedCommand {
  /** As it is printed, from the name of the task on. */
  readonly text: string;
  /** Name of the task: `bench`. */
  readonly task: string;
  /** Everything behind it. Placeholders such as `<run>` are words like others. */
  readonly args: readonly string[];
}

/** How commands begin: in the repository, and with the packages. */
const PROGRAM =
  /\b(?:deno task|npx -y deno@[\d.]+ task|npx watchbench|deno run -A jsr:@watchbench\/watchbench) (?=[a-z])/g;

/** A fenced block, or code within a sentence. */
const CODE = /^ *```[\s\S]*?^ *```|(?<!`)`[^`]+`(?!`)/gm;

/** Commands in the code of a Markdown page, in its order. Code within a sentence may be broken over two lines. */
export function commandsOfPage(markdown: string): PrintedCommand[] {
  return [...markdown.matchAll(CODE)].flatMap(([code]) =>
    commandsIn(code.includes("```") ? code : code.slice(1, -1).replaceAll(/\s*\n\s*/g, " "))
  );
}

/** Commands among the examples of a help text, which begin with a prompt. */
export function commandsOfHelp(help: string): PrintedCommand[] {
  return help.split(/^ *\$ /m).slice(1).flatMap((example) => commandsIn(example).slice(0, 1));
}

/** Commands in plain text: a script, what a program says. */
export function commandsIn(text: string): PrintedCommand[] {
  return [...text.matchAll(PROGRAM)].map(({ 0: program, index }) => {
    const start = index + program.length;
    const { words, end } = shellWords(text, start);
    const [task, ...args] = words as [string, ...string[]];
    return { text: text.slice(start, end).trim(), task, args };
  });
}

/**
 * The words of one command from `start` on, and where it ends: at the end of the line, at what leads to another command or
 * to a file, at a comment, and at two spaces, which stand before explanations.
 */
function shellWords(text: string, start: number): { readonly words: string[]; readonly end: number } {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  let at = start;
  const finish = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const quoted = /^"((?:[^"\\]|\\.)*)"|^'([^']*)'/.exec(rest);
    const placeholder = /^<[^<>\n]+>/.exec(rest);
    if (quoted !== null) {
      isQuoted = true;
      word = (word ?? "") + (quoted[1]?.replaceAll(/\\(.)/g, "$1") ?? quoted[2]!);
      at += quoted[0].length;
    } else if (placeholder !== null) {
      word = (word ?? "") + placeholder[0];
      at += placeholder[0].length;
    } else if (/^(?:\n| {2}|\s*[|&;>)`]|\s+#|\s*$)/.test(rest)) {
      break;
    } else if (rest[0] === " ") {
      finish();
      at += 1;
    } else {
      isQuoted = false;
      word = (word ?? "") + rest[0];
      at += 1;
    }
  }
  // A sentence may go on behind a command.
  if (!isQuoted) word = word?.replace(/[,.:]+$/, "");
  finish();
  return { words, end: at };
}

/** The hand-written pages of the repository with what they say, by their path from its root. */
export function handWrittenPages(root: string): ReadonlyMap<string, string> {
  const docs = [...Deno.readDirSync(join(root, "docs"))].map(({ name }) => `docs/${name}`);
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "lib/engine/README.md",
    "results/README.md",
  ]
    .concat(docs.filter((path) => path.endsWith(".md")).sort());
  return new Map(pages.map((path) => [path, Deno.readTextFileSync(join(root, path))]));
}
