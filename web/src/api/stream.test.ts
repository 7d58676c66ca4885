import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { flat, type Pages } from './queries/pages'
import { timelineQuery } from './queries/timeline'
import { applyChanges, followChanges } from './stream'
import type { Change, Interaction } from './types'

const at = '2026-03-10T10:00:00Z'
const change = (type: Change['type'], id: string, customer = ''): Change => ({ type, id, customer_id: customer, at })

afterEach(() => vi.unstubAllGlobals())

function serve(answers: Record<string, unknown>): string[] {
  const asked: string[] = []
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string) => {
      asked.push(url)
      const hit = Object.entries(answers).find(([path]) => url.startsWith(path))
      return new Response(JSON.stringify(hit?.[1] ?? { items: null, next: '' }))
    }),
  )
  return asked
}

test('it listens from where the session stood before anything was read', () => {
  const opened: string[] = []
  vi.stubGlobal(
    'EventSource',
    class {
      constructor(url: string) {
        opened.push(url)
      }
      addEventListener() {}
      close() {}
    },
  )
  followChanges(new QueryClient(), 'AQ/=')()
  expect(opened).toEqual(['/v1/stream?after=AQ%2F%3D'])
})

test('a hundred changes of customers that nobody looks at read nothing', async () => {
  const asked = serve({})
  const client = new QueryClient()
  await applyChanges(
    client,
    Array.from({ length: 100 }, (_, i) => change('interaction', `i${i}`, `c${i}`)),
  )
  expect(asked).toEqual([])
})

test('an open timeline takes the new contact with one read and keeps its older pages', async () => {
  const client = new QueryClient()
  const contact = (id: string) => ({ id, occurred_at: at, journey_id: '' }) as Interaction
  const options = timelineQuery('c', '')
  const old: Pages<Interaction> = {
    pages: [
      { items: [contact('b'), contact('a2')], next: '1' },
      { items: [contact('a')], next: '' },
    ],
    pageParams: ['', '1'],
  }
  client.setQueryData(options.queryKey, old)
  const stop = client.getQueryCache().subscribe(() => {})
  const { InfiniteQueryObserver } = await import('@tanstack/react-query')
  const unsubscribe = new InfiniteQueryObserver(client, { ...options, staleTime: Number.POSITIVE_INFINITY }).subscribe(
    () => {},
  )
  const asked = serve({ '/v1/customers/c/timeline': { items: [contact('c'), contact('b')], next: 'n' } })

  await applyChanges(client, [change('interaction', 'c', 'c'), change('journey', 'j', 'c')])

  expect(flat(client.getQueryData<Pages<Interaction>>(options.queryKey)).map((i) => i.id)).toEqual([
    'c',
    'b',
    'a2',
    'a',
  ])
  expect(asked).toHaveLength(1)
  unsubscribe()
  stop()
})
