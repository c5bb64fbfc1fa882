/** How the child of a block is started: one launcher per runtime. What is started speaks the protocol on two pipes. */
import type { Adapter, OptionValues, PageBytes } from "../../model/adapter.ts";
import type { RuntimeId } from "../../model/runtime.ts";

/** A runtime that is here, or why it is not. */
export type FoundRuntime = { readonly version: string } | { readonly reason: string };

/** A child to be. */
export interface LaunchOrder {
  readonly adapter: Adapter;
  /** Of the cell, where it is of interest what a page loads; absent where it is not. */
  readonly options?: OptionValues;
  /** URL of the module of an adapter from outside; absent for registered ones. */
  readonly adapterUrl?: string | undefined;
  /** An existing directory of its own, as an absolute path. */
  readonly directory: string;
  /** Holds what blocks of one run share, such as bundles; gone when the run is over. */
  readonly sharedDirectory: string;
  /** Whether drivers that are not there yet are downloaded. */
  readonly downloads: boolean;
  /** Root of the checkout whose code runs. */
  readonly checkout: string;
  /**
   * A locked configuration of Deno with other versions of the adapter's drivers; absent for the versions that it declares.
   * Other runtimes go by `adapter.drivers`.
   */
  readonly driverConfigPath?: string | undefined;
  /** Whether further children are to play beside this one in other tabs. Default is `false`. */
  readonly takesTabs?: boolean;
  /** Told what takes a while, such as a download. */
  readonly onStep: (step: string) => void;
}

/** What a child is started with. */
export interface Launch {
  readonly executable: string;
  readonly args: readonly string[];
  /** Environment variables besides the parent's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whose memory is the block's: that of the process itself, or of the page that it shows. */
  readonly playsIn: "process" | "page";
  /** Makes the place of a session and tells its name: an empty directory, or a name for databases of an origin. */
  makePlace(name: string): Promise<string>;
  /** What a page loads of the adapter's packages; absent where nobody asked, and outside of pages. */
  readonly pageBytes?: PageBytes;
  /** Length of all files in a place and, where places share their files, in the others. */
  storedBytes(place: string): Promise<number>;
  /**
   * How a child is started in another tab of the same browser, once the first has begun; absent where nobody asked for tabs,
   * and outside of pages.
   */
  readonly anotherTab?: Pick<Launch, "executable" | "args" | "playsIn" | "makePlace" | "storedBytes">;
  /** Ends what the child has started outside its group, where it was killed before it could; absent where there is none. */
  tidy?(): Promise<void>;
}

/** Starts children in one runtime. */
export interface Launcher {
  readonly id: RuntimeId;
  /** Looks for the runtime; asked often, it looks once. May download it. */
  find(): Promise<FoundRuntime>;
  /** Prepares a child. Throws a DriverUnavailableError with the reason when its driver cannot be had. */
  launch(order: LaunchOrder): Promise<Launch>;
}

/** Directories of their own for sessions of processes. */
export function makeDirectoryIn(directory: string): Launch["makePlace"] {
  return async (name) => {
    const path = `${directory}/${name}`;
    await Deno.mkdir(path);
    return path;
  };
}
