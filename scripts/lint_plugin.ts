/**
 * Keeps the import directions of ARCHITECTURE.md. Runs inside `deno lint`, hence the default export.
 *
 * A folder may import itself and what its row allows; test files may import anything. Names without a path are npm
 * packages or built-ins: `node:` is free, packages only where the row says so.
 */

/** What a folder may import. */
interface Rule {
  readonly may: readonly string[];
  /** npm names from deno.json: anywhere, or only by `import()`, so that nobody downloads what they do not run. */
  readonly packages?: "anywhere" | "when asked for";
}

/** The import table, front doors included: a name that ends in `mod.ts` allows only that file. */
export const IMPORT_RULES: Readonly<Record<string, Rule>> = {
  "lib/model": { may: [] },
  "lib/engine": { may: [] },
  "lib/clock": { may: ["lib/model"] },
  "lib/dataset": { may: ["lib/model"] },
  "lib/stats": { may: ["lib/model"] },
  // What the child and the parent say to each other, and the digests that both make.
  "lib/protocol": { may: ["lib/model"] },
  // The side that plays knows no workload, no truth and no metric.
  "lib/child": { may: ["lib/model", "lib/clock", "lib/protocol", "lib/runtime/runtime.ts", "lib/stats"] },
  // What a child asks of the runtime that it plays in; the only place that knows which one it is.
  "lib/runtime": { may: ["lib/model", "lib/clock"] },
  "lib/oracle": { may: ["lib/model", "lib/protocol"] },
  "lib/metrics": { may: ["lib/model", "lib/stats"] },
  "lib/adapters": { may: ["lib/model"], packages: "when asked for" },
  "lib/adapters/watchlite.ts": { may: ["lib/model", "lib/adapters", "lib/engine/mod.ts"] },
  "lib/runner": {
    may: [
      "lib/model",
      "lib/dataset",
      "lib/metrics",
      "lib/oracle",
      "lib/protocol",
      "lib/runtime/mod.ts",
      "lib/stats",
    ],
    packages: "anywhere",
  },
  "lib/record": { may: ["lib/model"], packages: "anywhere" },
  "lib/report": { may: ["lib/model", "lib/metrics", "lib/stats"], packages: "anywhere" },
  "lib/export": {
    may: ["lib/model", "lib/metrics", "lib/record", "lib/report", "lib/stats"],
    packages: "anywhere",
  },
  "lib/import": { may: ["lib/model"], packages: "anywhere" },
  "lib/project": { may: ["lib/model", "lib/record", "lib/report"], packages: "anywhere" },
  "lib/cli": {
    may: [
      "lib/model",
      "lib/adapters",
      "lib/import",
      "lib/metrics",
      "lib/project",
      "lib/protocol",
      "lib/record",
      "lib/report",
      "lib/runner",
      "lib/runtime",
      "lib/stats",
      "site/pages",
      "workloads",
    ],
    packages: "anywhere",
  },
  // The front door; what is in a room, and what it may use of the others, say the rows below.
  "lib/experiments": { may: ["lib/model"] },
  "lib/experiments/sources": { may: ["lib/model"], packages: "anywhere" },
  "lib/experiments/rules": {
    may: ["lib/model", "lib/experiments/sources", "lib/report", "lib/stats"],
  },
  "lib/experiments/map": { may: ["lib/model", "lib/experiments/sources"] },
  "lib/experiments/pages": {
    may: [
      "lib/model",
      "lib/experiments/map",
      "lib/experiments/rules",
      "lib/experiments/sources",
      "lib/metrics",
      "lib/record",
      "lib/report",
    ],
    packages: "anywhere",
  },
  "lib/experiments/checks": {
    may: [
      "lib/model",
      "lib/experiments/map",
      "lib/experiments/pages",
      "lib/experiments/rules",
      "lib/experiments/sources",
      "lib/record",
      "lib/report",
    ],
    packages: "anywhere",
  },
  // Runs what experiments describe: the only part of them that knows adapters, workloads and processes.
  "lib/experiments/run": {
    may: [
      "lib/model",
      "lib/adapters",
      "lib/cli",
      "lib/dataset",
      "lib/experiments",
      "lib/metrics",
      "lib/record",
      "lib/report",
      "lib/runner",
      "lib/stats",
      "workloads",
    ],
    packages: "anywhere",
  },
  // What every adapter must keep: asked in the parent, played in the child that blocks have.
  "lib/conformance": {
    may: [
      "lib/model",
      "lib/adapters",
      "lib/cli",
      "lib/dataset",
      "lib/oracle",
      "lib/protocol",
      "lib/runner",
      "lib/runtime",
      "lib/stats",
    ],
    packages: "anywhere",
  },
  "lib/testing": {
    may: [
      "lib/model",
      "lib/adapters",
      "lib/child",
      "lib/cli",
      "lib/oracle",
      "lib/protocol",
      "lib/runner",
      "lib/runtime",
      "workloads",
    ],
  },
  "lib/scaling": { may: ["lib/model", "lib/dataset", "lib/record", "lib/stats"], packages: "anywhere" },
  // The room of the pages: their data and frame, their files, and what draws them.
  "site/pages": {
    may: [
      "lib/model",
      "lib/cli/command_line.ts",
      "lib/import",
      "lib/metrics",
      "lib/report",
      "lib/stats",
      "site/assets",
    ],
    packages: "anywhere",
  },
  // Shows points and noise as verdicts see them.
  "site/experiments": {
    may: [
      "lib/model",
      "lib/experiments",
      "lib/record",
      "lib/report",
      "lib/stats",
      "site/pages",
      "site/writer/site_index.ts",
    ],
    packages: "anywhere",
  },
  "site/writer": {
    may: [
      "lib/model",
      "lib/import",
      "lib/record",
      "lib/report",
      "lib/runner/launchers/chromium.ts",
      "site/pages",
    ],
    packages: "anywhere",
  },
  "workloads": { may: ["lib/model", "lib/dataset"] },
  "experiments": { may: ["mod.ts", "lib/model", "lib/experiments"] },
  // From outside: the contracts have the name of a package there.
  "examples": { may: [], packages: "anywhere" },
};

/** The rule that holds for a file of the repository, or `undefined` where everything is allowed. */
export function ruleFor(path: string): { readonly owner: string; readonly rule: Rule } | undefined {
  const owners = Object.keys(IMPORT_RULES).filter((owner) => path === owner || path.startsWith(`${owner}/`));
  // The longest owner is the most particular one.
  const owner = owners.toSorted((a, b) => b.length - a.length)[0];
  return owner === undefined ? undefined : { owner, rule: IMPORT_RULES[owner]! };
}

/** Tests, and what only the tests of one folder import. */
function isTestFile(path: string): boolean {
  return path.endsWith("_test.ts") || /\/_(arbitraries|fixtures?|testing)\.ts$/.test(path);
}

/**
 * Why a file must not import a specifier; `undefined` when it may. Paths are relative to the repository. `isStatic` is
 * `false` for `import()` and for types, which load nothing before they are needed.
 */
export function importFault(path: string, specifier: string, isStatic = true): string | undefined {
  if (isTestFile(path) || specifier.startsWith("node:")) return undefined;
  const found = ruleFor(path);
  if (found === undefined) return undefined;
  const { owner, rule } = found;
  if (!specifier.startsWith(".")) {
    if (rule.packages === "anywhere" || (rule.packages !== undefined && !isStatic)) return undefined;
    return rule.packages === undefined
      ? `${owner} must not import packages: "${specifier}"`
      : `${owner} must import packages by import(), inside open: "${specifier}"`;
  }
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  const isOwn = target.startsWith(`${owner}/`) && !owner.endsWith(".ts");
  const isAllowed = rule.may.some((allowed) => target === allowed || target.startsWith(`${allowed}/`));
  if (isOwn || isAllowed) return undefined;
  const allowed = rule.may.length === 0 ? "nothing outside itself" : `only ${rule.may.join(", ")}`;
  return `${owner} may import ${allowed}: "${specifier}" is ${target}`;
}

function repositoryPath(filename: string): string {
  const root = new URL("../", import.meta.url).pathname;
  return filename.startsWith(root) ? filename.slice(root.length) : filename;
}

const plugin: Deno.lint.Plugin = {
  name: "watchbench",
  rules: {
    "import-direction": {
      create(context) {
        const path = repositoryPath(context.filename);
        const check = (
          source: { readonly value?: unknown; readonly range: Deno.lint.Range } | null,
          isStatic = true,
        ): void => {
          if (source === null || typeof source.value !== "string") return;
          const fault = importFault(path, source.value, isStatic);
          if (fault !== undefined) context.report({ range: source.range, message: fault });
        };
        return {
          ImportDeclaration: (node) => check(node.source, node.importKind !== "type"),
          ExportNamedDeclaration: (node) => check(node.source),
          ExportAllDeclaration: (node) => check(node.source),
          ImportExpression: (node) => check(node.source as Deno.lint.StringLiteral, false),
        };
      },
    },
  },
};

export default plugin;
