/** Results from elsewhere: reading their formats, storing them, loading what was stored. */
export * from "./imported_results.ts";
export * from "./load_imported.ts";
export * from "./parse_resqlite.ts";
export * from "./read_resqlite_file.ts";
export * from "./resqlite_file_name.ts";
