import {
  exportFault,
  isModuleName,
  type MemberTypes,
  messageOf,
  UsageError,
  type Workload,
} from "../model/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";

/**
 * Finds a registered workload by `id` or `id@version`, or imports a module that exports one as `default` or `workload`.
 * Throws a UsageError for an unknown name and for a module that cannot be imported or exports no workload.
 */
export async function loadWorkload(nameOrUrl: string): Promise<Workload> {
  if (!isModuleName(nameOrUrl)) return findWorkload(nameOrUrl);
  let module: { default?: unknown; workload?: unknown };
  try {
    module = await import(nameOrUrl);
  } catch (error) {
    throw new UsageError(`Cannot import workload module "${nameOrUrl}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  const workload = module.default ?? module.workload;
  const fault = exportFault(workload, MEMBERS);
  if (fault === undefined) return workload as Workload;
  throw new UsageError(
    `Cannot use "${nameOrUrl}" as it must export a workload as default or "workload": ${fault}`,
  );
}

/** Members without which nothing works, or no record can be made. */
const MEMBERS: MemberTypes = {
  id: "string",
  version: "number",
  title: "string",
  question: "string",
  unfair: "string",
  phases: "object",
  parameters: "object",
  program: "function",
};
