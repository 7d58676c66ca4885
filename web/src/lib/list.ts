/** A list that may be left out or, from an older server, be null: read as empty. */
export function list<T>(items: readonly T[] | null | undefined): readonly T[] {
  return items ?? []
}
