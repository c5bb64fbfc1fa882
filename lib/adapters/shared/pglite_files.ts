/**
 * PGlite's files in IndexedDB, saved behind the queries, with an end that waits for the saves.
 *
 * With relaxed durability nobody awaits a save, so that two of its fates meet nobody in @electric-sql/pglite 0.5.17. One that
 * reads a file which Postgres has removed since the save began fails, as a rejection that nobody can catch; the next save
 * compares all files anew. And `close()` begins a save itself, leaves while it is under way, closes the database that it
 * writes to and drops the module that it reads from: this save and one that waited for it fail, whoever has the page by then.
 */

/** What is used of the library's `IdbFs`. */
export interface SavedFiles {
  /** Writes to IndexedDB what has changed in memory. */
  syncToFs(relaxedDurability?: boolean): Promise<void>;
  /** Called once, at the end of `PGlite.close()`. */
  closeFs(): Promise<void>;
}

/** Such files that tell how many saves have failed. */
export interface AwaitedFiles extends SavedFiles {
  /** Saves that met a file that was gone. */
  readonly failedCount: number;
}

/**
 * The library's files as their `fs` option takes them, by one subclass: a save that meets a file that is gone is counted,
 * every other failure stays what it was, and the end waits until no save is under way and saves once more, as it does
 * with strict durability.
 */
export function awaitedFiles(
  Files: new (name: string) => SavedFiles,
  name: string,
): AwaitedFiles {
  return new class extends Files {
    failedCount = 0;
    /** The save that is under way; the library never has two. */
    #save: Promise<void> | undefined;

    override syncToFs(relaxedDurability?: boolean): Promise<void> {
      const save = this.#counted(super.syncToFs(relaxedDurability)).finally(() => {
        if (this.#save === save) this.#save = undefined;
      });
      this.#save = save;
      return save;
    }

    override async closeFs(): Promise<void> {
      // A save that waited for another one begins in the turn that this one ends in.
      await nextTurn();
      while (this.#save !== undefined) {
        await this.#save.catch(() => {});
        await nextTurn();
      }
      await this.syncToFs();
      await super.closeFs();
    }

    async #counted(save: Promise<void>): Promise<void> {
      try {
        await save;
      } catch (error) {
        if ((error as { readonly name?: unknown } | null)?.name !== "ErrnoError") throw error;
        this.failedCount += 1;
      }
    }
  }(name);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
