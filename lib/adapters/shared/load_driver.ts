import { downloadFailure, withoutHosts } from "../../model/download_failure.ts";
import { DriverUnavailableError, messageOf } from "../../model/errors.ts";

/**
 * Imports a driver on behalf of an adapter's `open`.
 *
 * Throws a DriverUnavailableError with the driver's own message when it is missing or cannot load here, so that the
 * cell becomes a skip with that reason. `name` is what a reader would install.
 *
 * The import expression stays in the adapter, with a literal specifier: only then does `deno cache` see it.
 */
export async function loadDriver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const message = messageOf(error);
    const missing = downloadFailure(message);
    throw new DriverUnavailableError(
      missing === undefined
        ? `Cannot load driver "${name}": ${withoutHosts(message)}`
        : `Cannot download driver "${name}": ${missing}`,
      { cause: error },
    );
  }
}
