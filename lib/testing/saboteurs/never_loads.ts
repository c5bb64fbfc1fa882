/** A module whose loading never ends. */
setInterval(() => {}, 1000);
await new Promise(() => {});

export const adapter = {};
export const workload = {};
