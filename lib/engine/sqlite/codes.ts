/**
 * SQLite's result codes and their names (https://www.sqlite.org/rescode.html).
 *
 * @module
 */

/** Names of primary result codes, without the prefix. */
export type PrimaryCode =
  | "OK"
  | "ERROR"
  | "INTERNAL"
  | "PERM"
  | "ABORT"
  | "BUSY"
  | "LOCKED"
  | "NOMEM"
  | "READONLY"
  | "INTERRUPT"
  | "IOERR"
  | "CORRUPT"
  | "NOTFOUND"
  | "FULL"
  | "CANTOPEN"
  | "PROTOCOL"
  | "EMPTY"
  | "SCHEMA"
  | "TOOBIG"
  | "CONSTRAINT"
  | "MISMATCH"
  | "MISUSE"
  | "NOLFS"
  | "AUTH"
  | "FORMAT"
  | "RANGE"
  | "NOTADB";

/** Names of extended result codes, without the prefix. */
export type ExtendedCode =
  | "ERROR_MISSING_COLLSEQ"
  | "ERROR_RETRY"
  | "ERROR_SNAPSHOT"
  | "ABORT_ROLLBACK"
  | "BUSY_RECOVERY"
  | "BUSY_SNAPSHOT"
  | "BUSY_TIMEOUT"
  | "LOCKED_SHAREDCACHE"
  | "LOCKED_VTAB"
  | "READONLY_RECOVERY"
  | "READONLY_CANTLOCK"
  | "READONLY_ROLLBACK"
  | "READONLY_DBMOVED"
  | "READONLY_CANTINIT"
  | "READONLY_DIRECTORY"
  | "IOERR_READ"
  | "IOERR_SHORT_READ"
  | "IOERR_WRITE"
  | "IOERR_FSYNC"
  | "IOERR_DIR_FSYNC"
  | "IOERR_TRUNCATE"
  | "IOERR_FSTAT"
  | "IOERR_UNLOCK"
  | "IOERR_RDLOCK"
  | "IOERR_DELETE"
  | "IOERR_BLOCKED"
  | "IOERR_NOMEM"
  | "IOERR_ACCESS"
  | "IOERR_CHECKRESERVEDLOCK"
  | "IOERR_LOCK"
  | "IOERR_CLOSE"
  | "IOERR_DIR_CLOSE"
  | "IOERR_SHMOPEN"
  | "IOERR_SHMSIZE"
  | "IOERR_SHMLOCK"
  | "IOERR_SHMMAP"
  | "IOERR_SEEK"
  | "IOERR_DELETE_NOENT"
  | "IOERR_MMAP"
  | "IOERR_GETTEMPPATH"
  | "IOERR_CONVPATH"
  | "IOERR_VNODE"
  | "IOERR_AUTH"
  | "IOERR_BEGIN_ATOMIC"
  | "IOERR_COMMIT_ATOMIC"
  | "IOERR_ROLLBACK_ATOMIC"
  | "IOERR_DATA"
  | "IOERR_CORRUPTFS"
  | "IOERR_IN_PAGE"
  | "CORRUPT_VTAB"
  | "CORRUPT_SEQUENCE"
  | "CORRUPT_INDEX"
  | "CANTOPEN_NOTEMPDIR"
  | "CANTOPEN_ISDIR"
  | "CANTOPEN_FULLPATH"
  | "CANTOPEN_CONVPATH"
  | "CANTOPEN_DIRTYWAL"
  | "CANTOPEN_SYMLINK"
  | "CONSTRAINT_CHECK"
  | "CONSTRAINT_COMMITHOOK"
  | "CONSTRAINT_FOREIGNKEY"
  | "CONSTRAINT_FUNCTION"
  | "CONSTRAINT_NOTNULL"
  | "CONSTRAINT_PRIMARYKEY"
  | "CONSTRAINT_TRIGGER"
  | "CONSTRAINT_UNIQUE"
  | "CONSTRAINT_VTAB"
  | "CONSTRAINT_ROWID"
  | "CONSTRAINT_PINNED"
  | "CONSTRAINT_DATATYPE"
  | "AUTH_USER";

/** SQLite's symbolic result codes, primary and extended; a code that is not known by name has its number there. */
export type SqliteCode = `SQLITE_${PrimaryCode | ExtendedCode | number}`;

/** By code. */
const primary: readonly PrimaryCode[] = [
  "OK",
  "ERROR",
  "INTERNAL",
  "PERM",
  "ABORT",
  "BUSY",
  "LOCKED",
  "NOMEM",
  "READONLY",
  "INTERRUPT",
  "IOERR",
  "CORRUPT",
  "NOTFOUND",
  "FULL",
  "CANTOPEN",
  "PROTOCOL",
  "EMPTY",
  "SCHEMA",
  "TOOBIG",
  "CONSTRAINT",
  "MISMATCH",
  "MISUSE",
  "NOLFS",
  "AUTH",
  "FORMAT",
  "RANGE",
  "NOTADB",
];

/** What follows the primary name; an extended code is the primary one plus 256 times its place in the list, from 1. */
const details: Partial<Record<PrimaryCode, readonly string[]>> = {
  ERROR: ["MISSING_COLLSEQ", "RETRY", "SNAPSHOT"],
  ABORT: ["", "ROLLBACK"],
  BUSY: ["RECOVERY", "SNAPSHOT", "TIMEOUT"],
  LOCKED: ["SHAREDCACHE", "VTAB"],
  READONLY: ["RECOVERY", "CANTLOCK", "ROLLBACK", "DBMOVED", "CANTINIT", "DIRECTORY"],
  IOERR: [
    "READ",
    "SHORT_READ",
    "WRITE",
    "FSYNC",
    "DIR_FSYNC",
    "TRUNCATE",
    "FSTAT",
    "UNLOCK",
    "RDLOCK",
    "DELETE",
    "BLOCKED",
    "NOMEM",
    "ACCESS",
    "CHECKRESERVEDLOCK",
    "LOCK",
    "CLOSE",
    "DIR_CLOSE",
    "SHMOPEN",
    "SHMSIZE",
    "SHMLOCK",
    "SHMMAP",
    "SEEK",
    "DELETE_NOENT",
    "MMAP",
    "GETTEMPPATH",
    "CONVPATH",
    "VNODE",
    "AUTH",
    "BEGIN_ATOMIC",
    "COMMIT_ATOMIC",
    "ROLLBACK_ATOMIC",
    "DATA",
    "CORRUPTFS",
    "IN_PAGE",
  ],
  CORRUPT: ["VTAB", "SEQUENCE", "INDEX"],
  CANTOPEN: ["NOTEMPDIR", "ISDIR", "FULLPATH", "CONVPATH", "DIRTYWAL", "SYMLINK"],
  CONSTRAINT: [
    "CHECK",
    "COMMITHOOK",
    "FOREIGNKEY",
    "FUNCTION",
    "NOTNULL",
    "PRIMARYKEY",
    "TRIGGER",
    "UNIQUE",
    "VTAB",
    "ROWID",
    "PINNED",
    "DATATYPE",
  ],
  AUTH: ["USER"],
};

/** The symbolic name of an SQLite (extended) result code; the primary name where the extended one is not known. */
export function sqliteName(code: number): SqliteCode {
  const name = primary[code & 0xff];
  if (name === undefined) return `SQLITE_${code}`;
  const detail = details[name]?.[(code >> 8) - 1] ?? "";
  return (detail === "" ? `SQLITE_${name}` : `SQLITE_${name}_${detail}`) as SqliteCode;
}
