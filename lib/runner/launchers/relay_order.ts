/** What a relay is told. */
export interface RelayOrder {
  /** Path of the browser. */
  readonly executable: string;
  /** The folder that the page is served from. */
  readonly bundle: string;
  /** The browser's profile: a new folder, or one that an earlier relay left, which is opened at the same origin. */
  readonly profile: string;
  /** Whether others may open more tabs; absent for blocks that are measured. */
  readonly takesTabs?: boolean;
}
