/**
 * Serves a page whose lists are live queries of a database: pushed as events, written to by requests.
 *
 * @module
 */

import { type Database, type LiveQuery, sql } from "watchbench/engine";

const page =
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tasks</title><link rel="icon" href="data:,">
<div id="root"></div><script type="module" src="/app.js"></script></html>`;

/** The queries that the page may watch; a page that sends SQL would be able to read everything. */
export function liveQueries(db: Database): Readonly<Record<string, LiveQuery<object, unknown>>> {
  return {
    tasks: db.watch("SELECT id, title FROM tasks ORDER BY id"),
    count: db.watch("SELECT COUNT(*) AS count FROM tasks"),
  };
}

/** Answers one request; `script` is the bundled page. */
export async function answer(db: Database, script: string, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "POST" && pathname === "/tasks") {
    await db.execute(sql`INSERT INTO tasks(title) VALUES (${await request.text()})`);
    return new Response(null, { status: 204 });
  }
  if (pathname === "/app.js") return typed(script, "text/javascript");
  if (pathname === "/") return typed(page, "text/html; charset=utf-8");
  const queries = liveQueries(db);
  const name = pathname.replace("/live/", "");
  if (!Object.hasOwn(queries, name)) return new Response(null, { status: 404 });
  return typed(events(queries[name]!), "text/event-stream");
}

/** One event for each result. */
function events(query: LiveQuery<object, unknown>): ReadableStream<Uint8Array> {
  let end = () => {};
  return new ReadableStream<string>({
    start(stream) {
      const send = (message: object) => stream.enqueue(`data: ${JSON.stringify(message)}\n\n`);
      end = query.subscribe((rows) => send({ rows }), (error) => send({ error: error.message }));
    },
    cancel: () => end(),
  }).pipeThrough(new TextEncoderStream());
}

function typed(body: BodyInit, type: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}
