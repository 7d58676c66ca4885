import type { InfiniteData } from '@tanstack/react-query'
import { list } from '../../lib/list'
import type { Page } from '../types'

export type Pages<T> = InfiniteData<Page<T>, string>

export const nextCursor = <T>(page: Page<T>): string | undefined => (page.next === '' ? undefined : page.next)

/** All loaded rows in the server's order. A row that moved between two reads appears once. */
export function flat<T extends { readonly id: string }>(
  data: { readonly pages: readonly Page<T>[] } | undefined,
): readonly T[] {
  if (!data) return []
  const seen = new Set<string>()
  const out: T[] = []
  for (const page of data.pages) {
    for (const item of list(page.items)) {
      if (seen.has(item.id)) continue
      seen.add(item.id)
      out.push(item)
    }
  }
  return out
}

/**
 * Puts a freshly read first page in front of what is loaded. Rows that belong into
 * its range but are no longer in it have gone; `before` says whether a comes before b.
 */
export function withHead<T extends { readonly id: string }>(
  old: Pages<T>,
  head: Page<T>,
  before: (a: T, b: T) => boolean,
): Pages<T> {
  const fresh = list(head.items)
  const ids = new Set(fresh.map((i) => i.id))
  const end = fresh[fresh.length - 1]
  if (head.next === '' || !end) return { pages: [head], pageParams: [''] }
  const pages = old.pages.map((page) => ({
    ...page,
    items: list(page.items).filter((i) => !ids.has(i.id) && before(end, i)),
  }))
  const [first, ...rest] = pages
  if (!first) return { pages: [head], pageParams: [''] }
  const overlaps = old.pages.some((p) => list(p.items).some((i) => ids.has(i.id)))
  // Without an overlap rows may be missing in between, so reading starts again.
  if (!overlaps) return { pages: [head], pageParams: [''] }
  return { ...old, pages: [{ ...first, items: [...fresh, ...first.items] }, ...rest] }
}

/** Replaces one row wherever it is loaded. */
export function withItem<T extends { readonly id: string }>(old: Pages<T>, item: T): Pages<T> {
  let hit = false
  const pages = old.pages.map((page) => {
    const items = list(page.items)
    if (!items.some((i) => i.id === item.id)) return page
    hit = true
    return { ...page, items: items.map((i) => (i.id === item.id ? item : i)) }
  })
  return hit ? { ...old, pages } : old
}
