import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { del, get, post } from '../client'
import type { components } from '../schema'
import type { Channel, Page } from '../types'
import { nextCursor } from './pages'

type Schemas = components['schemas']
export type Accuracy = Schemas['AccuracyReport']
export type ShareRight = Schemas['ShareRight']
export type IntentPrecision = Schemas['IntentPrecision']
export type Confusion = Schemas['Confusion']
export type ReadingWeek = Schemas['ReadingWeek']
export type MixDrift = Schemas['MixDrift']
export type MixShift = Schemas['MixShift']
export type JudgedContact = Schemas['JudgedContact']
export type ReadingSample = Omit<Schemas['ReadingSample'], 'items'> & {
  readonly items: readonly SampledContact[] | null
}
export type SampledContact = Schemas['SampledContact'] & { readonly channel: Channel }
export type Verdict = 'right' | 'other' | 'none' | 'skip'

export interface AccuracySearch {
  readonly days: 30 | 90 | 365
  /** Which labels count: those of random samples, or all; empty: the server chooses. */
  readonly of?: 'sample' | 'all'
  /** Weeks that are compared with as many before them. */
  readonly span: 1 | 4
}

/** Which contacts stand behind a figure; "unknown" is no intent, empty is any. */
export interface Behind {
  readonly title: string
  readonly read_as?: string
  readonly intent?: string
  readonly wrong?: boolean
}

const key = 'accuracy'
const COUNTING = 1500

export const accuracyQuery = ({ days, of, span }: AccuracySearch) =>
  queryOptions({
    queryKey: [key, 'report', days, of, span] as const,
    queryFn: ({ signal }) => get<Accuracy>('/v1/accuracy', { days, span, ...(of ? { of } : {}) }, signal),
    placeholderData: (old) => old,
    refetchInterval: ({ state }) => (state.data?.counting ? COUNTING : false),
  })

export const behindQuery = (days: number, of: string, b: Behind) =>
  infiniteQueryOptions({
    queryKey: [key, 'behind', days, of, b.read_as, b.intent, b.wrong] as const,
    queryFn: ({ pageParam, signal }) =>
      get<Page<JudgedContact>>(
        '/v1/accuracy/labels',
        {
          days,
          of,
          ...(b.read_as ? { read_as: b.read_as } : {}),
          ...(b.intent ? { intent: b.intent } : {}),
          ...(b.wrong ? { wrong: true } : {}),
          cursor: pageParam,
          limit: 25,
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: nextCursor,
  })

const sampleKey = [key, 'sample'] as const

export const sampleQuery = queryOptions({
  queryKey: sampleKey,
  queryFn: ({ signal }) => get<ReadingSample>('/v1/accuracy/sample', undefined, signal),
})

export async function drawSample(client: QueryClient, size: number): Promise<void> {
  client.setQueryData(sampleKey, await post<ReadingSample>('/v1/accuracy/sample', { size }))
}

// One after the other, in the order of the keys that were pressed.
let last: Promise<unknown> = Promise.resolve()
let waiting = 0

function inOrder(client: QueryClient, work: () => Promise<ReadingSample>): Promise<void> {
  waiting++
  const run = async () => {
    try {
      const sample = await work()
      if (waiting === 1) client.setQueryData(sampleKey, sample)
    } catch (error) {
      await client.invalidateQueries({ queryKey: sampleKey })
      throw error
    } finally {
      waiting--
      if (waiting === 0) void client.invalidateQueries({ queryKey: [key, 'report'] })
    }
  }
  const mine = last.then(run, run)
  last = mine
  return mine
}

const mark = (client: QueryClient, id: string, change: Partial<SampledContact>) =>
  client.setQueryData<ReadingSample>(sampleKey, (old) =>
    old
      ? { ...old, items: (old.items ?? []).map((i) => (i.interaction_id === id ? { ...i, ...change } : i)) }
      : undefined,
  )

/** Whether a contact waits to be checked; two presses before the next one is drawn are one. */
export const isOpen = (client: QueryClient, id: string): boolean =>
  client.getQueryData<ReadingSample>(sampleKey)?.items?.some((i) => i.interaction_id === id && i.state === 'open') ??
  false

/** Says what a contact of the sample is; the page goes on before the server has answered. */
export function checkReading(client: QueryClient, item: SampledContact, verdict: Verdict, intent = ''): Promise<void> {
  const said = verdict === 'right' ? item.read_as || 'none' : verdict === 'none' ? 'none' : intent
  mark(client, item.interaction_id, { state: verdict === 'skip' ? 'skipped' : 'checked', said })
  return inOrder(client, () =>
    post<ReadingSample>(`/v1/accuracy/sample/${item.interaction_id}`, { verdict, ...(intent ? { intent } : {}) }),
  )
}

export function uncheckReading(client: QueryClient, id: string): Promise<void> {
  mark(client, id, { state: 'open', said: '' })
  return inOrder(client, () => del<ReadingSample>(`/v1/accuracy/sample/${id}`))
}
