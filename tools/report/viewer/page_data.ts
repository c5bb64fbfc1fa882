/** Reads what the page carries: JSON, deflated, in base64, in an element that no browser executes. */
export async function pageData<T>(): Promise<T> {
  const text = document.getElementById("page-data")?.textContent ?? "";
  return await inflateJson<T>(text.trim());
}

/** Parses JSON that was deflated and written in base64. */
export async function inflateJson<T>(base64: string): Promise<T> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text()) as T;
}
