import { downloadFailure, withoutHosts } from "../../model/download_failure.ts";
import { DriverUnavailableError, messageOf } from "../../model/errors.ts";
import type { Awaitable } from "../../model/value.ts";

/**
 * Imports a driver on behalf of an adapter's `open`.
 *
 * Throws a DriverUnavailableError with the driver's own message, and those of its causes, when it is missing or cannot
 * load here, so that the cell becomes a skip with that reason. `name` is what a reader would install. `advise` is asked
 * what to look at when the driver was there but did not load.
 *
 * The import expression stays in the adapter, with a literal specifier: only then does `deno cache` see it.
 */
export async function loadDriver<T>(
  name: string,
  load: () => Promise<T>,
  advise?: () => Awaitable<string>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing = downloadFailure(messageOf(error));
    if (missing !== undefined) {
      throw new DriverUnavailableError(`Cannot download driver "${name}": ${missing}`, { cause: error });
    }
    const advice = advise === undefined ? "" : `; ${await advise()}`;
    throw new DriverUnavailableError(
      `Cannot load driver "${name}": ${withoutHosts(reasonOf(error))}${advice}`,
      {
        cause: error,
      },
    );
  }
}

/** The messages of an error and of its causes, outermost first, without what was said before. */
function reasonOf(thrown: unknown): string {
  let reason = messageOf(thrown);
  let current = thrown;
  while (current instanceof Error && current.cause !== undefined) {
    current = current.cause;
    const message = messageOf(current);
    if (!reason.includes(message)) reason += `: ${message}`;
  }
  return reason;
}
