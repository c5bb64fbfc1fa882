/**
 * Loads data from a script file beside the page, since pages opened from disk may not fetch. The file calls a global
 * function of this name with its content while it runs, right before its load event. Rejects when it is not there.
 */
export function loadScriptFile<T>(file: string, callback: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    (globalThis as unknown as Record<string, (content: T) => void>)[callback] = resolve;
    script.addEventListener(
      "error",
      () => reject(new Error(`Cannot load ${file} as it must stand beside the page`)),
    );
    script.addEventListener("load", () => script.remove());
    script.src = file;
    document.head.append(script);
  });
}
