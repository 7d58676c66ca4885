import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { aCase } from '../../lib/inbox/testing'
import type { Case } from '../desk'
import { refreshCaseLists } from './case-lists'
import { casesQuery } from './cases'
import { flat, type Pages } from './pages'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const row = (id: string) => aCase({ id, last_at: `2026-03-01T08:00:0${id}Z` })
const options = casesQuery({ queue: 'all', sort: 'oldest' })

/** The server's list, two a page; the cursor is the last id of the page before. */
function serve(ids: () => readonly string[]): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    const after = new URL(url, 'http://x').searchParams.get('cursor') ?? ''
    asked.push(after)
    const rest = ids().filter((id) => id > after)
    return new Response(
      JSON.stringify({ items: rest.slice(0, 2).map(row), next: rest.length > 2 ? (rest[1] ?? '') : '' }),
    )
  })
  return asked
}

/** A list on screen of which the pages are loaded. */
function looking(...pages: readonly (readonly string[])[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } })
  client.setQueryData<Pages<Case>>(options.queryKey, {
    pages: pages.map((ids) => ({ items: ids.map(row), next: ids[ids.length - 1] ?? '' })),
    pageParams: pages.map((_, i) => pages[i - 1]?.at(-1) ?? ''),
  })
  const stop = new InfiniteQueryObserver(client, options).subscribe(() => {})
  const shown = () =>
    flat(client.getQueryData<Pages<Case>>(options.queryKey))
      .map((c) => c.id)
      .join('')
  return { client, shown, stop }
}

test('whoever scrolled far down stays there while much changes', async () => {
  const list = looking(['1', '2'], ['4', '5'], ['6', '7'])
  // 2 and 5 have left, 3 came.
  const asked = serve(() => ['1', '3', '4', '6', '7', '8', '9'])
  await refreshCaseLists(list.client)
  expect(asked).toEqual([''])
  expect(list.shown()).toBe('134567')

  for (let n = 0; n < 10; n++) await refreshCaseLists(list.client)
  expect(asked).toHaveLength(11)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(asked.slice(11)).toEqual(['', '3', '6'])
  expect(list.shown()).toBe('134678')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(14)
  list.stop()
})

test('a list that changed wholly is read anew where only its first page is loaded, else soon', async () => {
  const one = looking(['1', '2'])
  serve(() => ['6', '7', '8'])
  await refreshCaseLists(one.client)
  expect(one.shown()).toBe('67')
  one.stop()

  const two = looking(['1', '2'], ['3', '4'])
  await refreshCaseLists(two.client)
  expect(two.shown()).toBe('1234')
  await vi.advanceTimersByTimeAsync(2_100)
  expect(two.shown()).toBe('678')
  two.stop()
})

test('a list that somebody left is not read again until they come back', async () => {
  const list = looking(['1', '2'], ['3', '4'])
  const asked = serve(() => ['1', '2', '3', '4'])
  await refreshCaseLists(list.client)
  list.stop()
  await vi.advanceTimersByTimeAsync(2_100)
  expect(asked).toEqual([''])
  expect(list.client.getQueryState(options.queryKey)?.isInvalidated).toBe(true)
})
