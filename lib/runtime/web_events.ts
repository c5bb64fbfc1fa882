/** Errors that nobody caught, where they are events of the global object. */

/** See `ChildRuntime.watchBackground`. */
export function watchWebEvents(listener: (error: unknown) => void): () => void {
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    listener(event.reason);
  };
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    listener(event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return () => {
    removeEventListener("unhandledrejection", onRejection);
    removeEventListener("error", onError);
  };
}
