/**
 * The page: a list and its length, each a live query.
 *
 * @module
 */

// @ts-types="@types/react"
import { Component, type ReactNode, StrictMode } from "react";
// @ts-types="@types/react-dom/client"
import { createRoot } from "react-dom/client";
import { remoteQuery } from "./remote_query.ts";
import { useLiveQuery } from "./use_live_query.ts";

const tasks = remoteQuery<{ readonly id: number; readonly title: string }>("tasks");
const count = remoteQuery<{ readonly count: number }>("count");

function Tasks(): ReactNode {
  const rows = useLiveQuery(tasks);
  if (rows === undefined) return <p>Loading</p>;
  return <ul>{rows.map(({ id, title }) => <li key={id}>{title}</li>)}</ul>;
}

function Count(): ReactNode {
  return <output>{useLiveQuery(count)?.[0]?.count}</output>;
}

class Boundary extends Component<{ readonly children: ReactNode }> {
  override state: { readonly error?: Error } = {};
  static getDerivedStateFromError(error: Error): object {
    return { error };
  }
  override render(): ReactNode {
    return this.state.error === undefined
      ? this.props.children
      : <p role="alert">{this.state.error.message}</p>;
  }
}

function add(form: FormData): void {
  void fetch("/tasks", { method: "POST", body: String(form.get("title")) });
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <form action={add}>
      <input name="title" aria-label="New task" />
      <button type="submit">Add</button>
    </form>
    <Boundary>
      <Count />
      <Tasks />
    </Boundary>
  </StrictMode>,
);
