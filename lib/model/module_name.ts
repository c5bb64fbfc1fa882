/**
 * Whether a name on the command line means a module (a path, a URL or a package specifier) and not a registered id.
 * Ids are kebab-case, so that nothing with a slash, a scheme or a script's extension can be one.
 */
export function isModuleName(name: string): boolean {
  return /^(\.{1,2}[/\\]|[/\\]|[a-z]{2,}:|[A-Za-z]:[/\\])/.test(name) || /\.[cm]?[jt]s$/.test(name);
}
