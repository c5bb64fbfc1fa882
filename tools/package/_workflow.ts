/** As much of GitHub's runner as the action needs: its file, inputs, steps in bash, and a GitHub that answers on this machine. */
import { join } from "node:path";
import { parse } from "yaml";

/** What is read of an action's file. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] };
}

/** One step of it. */
export interface ActionStep {
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly "working-directory"?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

/** A workflow that uses actions. */
export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, {
      readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, string>> }[];
    }>
  >;
}

/** Reads a YAML file. */
export function readYaml<T>(path: string): T {
  return parse(Deno.readTextFileSync(path)) as T;
}

/** What a job knows. */
export interface Job {
  /** A folder of the job's own. */
  readonly folder: string;
  /** Where the project is. */
  readonly workspace: string;
  /** Where the action is. */
  readonly actionPath: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly eventName: string;
  readonly event: unknown;
  readonly env: Readonly<Record<string, string>>;
}

/** What came of an action. */
export interface JobResult {
  /** Of the first step that failed, else 0. */
  readonly code: number;
  /** Everything that steps printed. */
  readonly log: string;
  /** The job's summary. */
  readonly summary: string;
  /** Outputs by `step.name`. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Runs the steps as GitHub does: in order, each in bash that stops at errors, none after one that failed. */
export async function runAction(action: Action, job: Job): Promise<JobResult> {
  const path = (name: string): string => join(job.folder, name);
  for (const name of ["summary.md", "output.txt"]) Deno.writeTextFileSync(path(name), "");
  Deno.writeTextFileSync(path("event.json"), JSON.stringify(job.event));
  const outputs = new Map<string, string>();
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default] as const);
  const inputs = { ...Object.fromEntries(defaults), ...job.inputs };
  const value = (name: string): string => {
    const [scope, ...rest] = name.split(".");
    if (scope === "inputs") return expand(inputs[rest.join(".")] ?? missing(name));
    if (scope === "steps") return outputs.get(rest.filter((part) => part !== "outputs").join(".")) ?? "";
    if (name === "github.event_name") return job.eventName;
    if (name === "github.token") return "token-of-the-job";
    return missing(name);
  };
  const expand = (text: string): string =>
    String(text).replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => value(name));
  const holds = (condition: string): boolean =>
    condition.split(" && ").every((part) => {
      const match = /^([\w.-]+) == '([^']*)'$/.exec(part) ?? missing(part);
      return value(match[1]!) === match[2];
    });
  let log = "";
  for (const step of action.runs.steps) {
    if (step.if !== undefined && !holds(step.if)) continue;
    const before = Deno.readTextFileSync(path("output.txt")).length;
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
      cwd: join(job.workspace, expand(step["working-directory"] ?? ".")),
      env: {
        ...job.env,
        GITHUB_ACTION_PATH: job.actionPath,
        GITHUB_EVENT_PATH: path("event.json"),
        GITHUB_STEP_SUMMARY: path("summary.md"),
        GITHUB_OUTPUT: path("output.txt"),
        RUNNER_TEMP: job.folder,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, expand(text)])),
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    log += decoder.decode(stdout) + decoder.decode(stderr);
    for (const line of Deno.readTextFileSync(path("output.txt")).slice(before).split("\n")) {
      const at = line.indexOf("=");
      if (at > 0) outputs.set(`${step.id}.${line.slice(0, at)}`, line.slice(at + 1));
    }
    if (code !== 0) return { code, log, summary: Deno.readTextFileSync(path("summary.md")), outputs };
  }
  return { code: 0, log, summary: Deno.readTextFileSync(path("summary.md")), outputs };
}

function missing(name: string): never {
  throw new Error(`Cannot run the action as nothing is known of ${name}`);
}

/** The part of GitHub that keeps the comments of one pull request. */
export class FakeGitHub implements AsyncDisposable {
  /** In the order in which they were written. */
  readonly comments: { readonly id: number; body: string }[] = [];
  /** Method and path of every request. */
  readonly requests: string[] = [];
  /** Answers every request with this status when it is set. */
  refusal: number | undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => this.#answer(request));
  }

  /** What stands for GITHUB_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    if (this.refusal !== undefined) {
      return Response.json({ message: "Resource not accessible by integration" }, { status: this.refusal });
    }
    if (request.headers.get("authorization") !== "Bearer token-of-the-job") {
      return Response.json({ message: "Bad credentials" }, { status: 401 });
    }
    const own = "/repos/someone/toy/issues";
    if (pathname === `${own}/7/comments` && request.method === "GET") {
      const [size, page] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
      return Response.json(this.comments.slice((page - 1) * size, page * size));
    }
    if (pathname === `${own}/7/comments` && request.method === "POST") {
      const comment = { id: 1000 + this.comments.length, body: (await request.json()).body as string };
      this.comments.push(comment);
      return Response.json(comment, { status: 201 });
    }
    const changed = this.comments.find(({ id }) => pathname === `${own}/comments/${id}`);
    if (changed !== undefined && request.method === "PATCH") {
      changed.body = (await request.json()).body;
      return Response.json(changed);
    }
    return Response.json({ message: "Not Found" }, { status: 404 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
