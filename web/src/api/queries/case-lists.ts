import type { Query, QueryClient, QueryKey } from '@tanstack/react-query'
import { type CaseSearch, compare, full, toQuery } from '../../lib/inbox/query'
import { get } from '../client'
import type { Case } from '../desk'
import type { Page } from '../types'
import { caseKeys, LIMIT } from './cases'
import { type Pages, withHead } from './pages'

type ListQuery = Query<unknown, Error, unknown, QueryKey>

/** How long a list whose further pages are loaded waits for them to be read again, a page. */
const PAGE_MS = 500
const LEAST_MS = 2000

const searchOf = (query: ListQuery): CaseSearch => query.queryKey[2] as CaseSearch
const loaded = (query: ListQuery): Pages<Case> | undefined => query.state.data as Pages<Case> | undefined
const read = (search: CaseSearch, cursor = ''): Promise<Page<Case>> =>
  get<Page<Case>>('/v1/cases', { ...toQuery(search), cursor, limit: LIMIT })

/**
 * Re-reads the first page of every list on screen. What somebody scrolled to stays: the
 * pages behind the first are read again too, but not with each change of a storm.
 */
export async function refreshCaseLists(client: QueryClient): Promise<void> {
  client.invalidateQueries({ queryKey: caseKeys.lists, refetchType: 'none' })
  const active = client.getQueryCache().findAll({ queryKey: caseKeys.lists, type: 'active' })
  await Promise.all(
    active.map(async (query) => {
      const search = searchOf(query)
      const { sort } = full(search)
      const head = await read(search)
      client.setQueryData<Pages<Case>>(query.queryKey, (old) => {
        if (!old) return old
        const next = withHead(old, head, (a, b) => compare(sort, a, b) < 0)
        return next.pages.length < old.pages.length && head.next !== '' ? old : next
      })
      if ((loaded(query)?.pages.length ?? 0) > 1) readAgain(client, query)
    }),
  )
}

const waiting = new Set<string>()

/** Reads all loaded pages of a list again, soon. */
function readAgain(client: QueryClient, query: ListQuery): void {
  if (waiting.has(query.queryHash)) return
  waiting.add(query.queryHash)
  const pages = loaded(query)?.pages.length ?? 0
  setTimeout(
    () => {
      readAll(client, query)
        .catch(() => true) // the next change tries again
        .then((done) => {
          waiting.delete(query.queryHash)
          if (!done) readAgain(client, query)
        })
    },
    Math.max(LEAST_MS, pages * PAGE_MS),
  )
}

/** False when a page came in meanwhile that does not know of this reading. */
async function readAll(client: QueryClient, query: ListQuery): Promise<boolean> {
  const pages: Page<Case>[] = []
  const pageParams: string[] = []
  let cursor = ''
  // The list may grow while it is read.
  while (query.isActive() && pages.length < (loaded(query)?.pages.length ?? 0)) {
    const page = await read(searchOf(query), cursor)
    pages.push(page)
    pageParams.push(cursor)
    cursor = page.next
    if (cursor === '') break
  }
  // Who left the list reads it anew on return; it was marked stale.
  if (!query.isActive()) {
    client.invalidateQueries({ queryKey: query.queryKey, exact: true, refetchType: 'none' })
    return true
  }
  if (query.state.fetchStatus !== 'idle') return false
  client.setQueryData<Pages<Case>>(query.queryKey, { pages, pageParams })
  return true
}
