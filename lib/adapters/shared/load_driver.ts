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
    throw new DriverUnavailableError(`Cannot load driver "${name}": ${withoutHosts(messageOf(error))}`, {
      cause: error,
    });
  }
}

/** Reasons are stored in records: where somebody's packages come from does not belong there. */
function withoutHosts(message: string): string {
  return message.replaceAll(/https?:\/\/[^/\s'"]+\//g, "");
}
