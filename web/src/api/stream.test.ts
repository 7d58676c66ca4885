import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { aCase } from '../lib/inbox/testing'
import { caseQuery, casesQuery } from './queries/cases'
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

test('a storm of changed conversations costs one read a list, and one of the conversation that is open', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } })
  const { InfiniteQueryObserver, QueryObserver } = await import('@tanstack/react-query')
  client.setQueryData(casesQuery({}).queryKey, { pages: [{ items: [aCase()], next: '' }], pageParams: [''] })
  for (const id of ['c1', 'c2']) client.setQueryData(caseQuery(id).queryKey, aCase({ id }))
  const stops = [
    new InfiniteQueryObserver(client, casesQuery({})).subscribe(() => {}),
    new QueryObserver(client, caseQuery('c1')).subscribe(() => {}),
  ]
  const asked = serve({ '/v1/cases/c1': aCase({ preview: 'new', version: 8 }), '/v1/cases?': { items: [], next: '' } })
  await applyChanges(
    client,
    Array.from({ length: 100 }, (_, i) => change('case', `c${i}`)),
  )
  expect(asked.map((url) => url.split('?')[0]).sort()).toEqual(['/v1/cases', '/v1/cases/c1'])
  expect(client.getQueryData(caseQuery('c1').queryKey)?.preview).toBe('new')
  // What was read ahead is read again when it is opened.
  expect(client.getQueryState(caseQuery('c2').queryKey)?.isInvalidated).toBe(true)
  for (const stop of stops) stop()
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
