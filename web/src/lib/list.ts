/** Go writes an empty list as null; this reads both as a list. */
export function list<T>(items: readonly T[] | null | undefined): readonly T[] {
  return items ?? []
}
