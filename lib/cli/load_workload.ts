import { isModuleName, messageOf, UsageError, type Workload } from "../model/mod.ts";
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
  if (isWorkload(workload)) return workload;
  throw new UsageError(`Cannot use "${nameOrUrl}" as it must export a workload as default or "workload"`);
}

function isWorkload(value: unknown): value is Workload {
  return typeof value === "object" && value !== null && "program" in value &&
    typeof value.program === "function";
}
