export declare const WHOLE: readonly string[]
export declare function texts(): readonly string[]
export declare function check(
  language: string,
  all?: readonly string[],
): { readonly lacks: readonly string[]; readonly stale: readonly string[]; readonly differs: readonly string[] }
