/** The side that plays: an adapter, a clock, a player and a recorder, and nothing that knows what is true. */
export { ChildPlayer, type PlayerHost } from "./child_player.ts";
export { DESCRIPTORS, openDescriptors } from "./file_descriptors.ts";
export { type Channel, type Players, serve } from "./serve.ts";
