/** Finds a runtime: the one that a variable names, one in PATH that is new enough, or npm's. */
import { delimiter } from "node:path";
import process from "node:process";
import type { FoundRuntime } from "./launcher.ts";

/** A runtime to look for. */
export interface ProgramSearch {
  /** Its name for people. */
  readonly title: string;
  /** An environment variable that names the executable and goes before everything else. */
  readonly variable: string;
  /** Names in PATH. */
  readonly names: readonly string[];
  /** Where else it may be, tried in this order. */
  readonly paths?: readonly string[];
  /** Arguments that have it print its version. */
  readonly versionArgs: readonly string[];
  /** The npm package that brings it, with its version, and a program that prints where the executable is. */
  readonly npm?: { readonly package: string; readonly args: readonly string[] };
  /** Whether a version, as it is printed, will do. */
  isEnough(version: string): boolean;
  /** What to do where there is none. */
  readonly advice: string;
}

/** An executable and its version. */
export type FoundProgram =
  | { readonly path: string; readonly version: string }
  | Extract<FoundRuntime, { reason: string }>;

/** Looks for it. npm's is downloaded when nothing else is there. */
export async function findProgram(search: ProgramSearch): Promise<FoundProgram> {
  const { title, variable, names, paths = [], npm, advice } = search;
  const named = process.env[variable];
  if (named) {
    const version = await versionOf(named, search);
    if (version === undefined) {
      return {
        reason: `${variable} must name an executable of ${title} that is new enough: it is "${named}"`,
      };
    }
    return { path: named, version };
  }
  for (const path of [...await inPath(names), ...paths]) {
    const version = await versionOf(path, search);
    if (version !== undefined) return { path, version };
  }
  if (npm !== undefined) {
    const path = await printed("npx", ["-y", npm.package, ...npm.args]);
    const version = path === undefined ? undefined : await versionOf(path, search);
    if (path !== undefined && version !== undefined) return { path, version };
  }
  return { reason: `${title} was not found: ${advice}` };
}

async function versionOf(
  path: string,
  { versionArgs, isEnough }: ProgramSearch,
): Promise<string | undefined> {
  const version = /\d+(\.\d+)+/.exec(await printed(path, versionArgs) ?? "")?.[0];
  return version !== undefined && isEnough(version) ? version : undefined;
}

/** What a program prints, without white space at its ends; `undefined` when it is not there or fails. */
async function printed(path: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(path, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Executables of these names in PATH, in the order of the names. */
async function inPath(names: readonly string[]): Promise<string[]> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found: string[] = [];
  for (const path of names.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    try {
      if ((await Deno.stat(path)).isFile) found.push(path);
    } catch {
      // Not in this folder.
    }
  }
  return found;
}

/** Asks once. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => answer ??= ask();
}
