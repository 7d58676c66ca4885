import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { call, del, get, post } from '../client'
import type { Interaction, Journey, Page } from '../types'
import { journeyKeys } from './journeys'
import { nextCursor, type Pages, withHead, withItem } from './pages'

const LIMIT = 50

export const timelineKeys = {
  of: (customerId: string) => ['timeline', customerId] as const,
  one: (customerId: string, channel: string) => ['timeline', customerId, channel] as const,
}

/** Newest first, as the server pages it. */
export const timelineQuery = (customerId: string, channel: string) =>
  infiniteQueryOptions({
    queryKey: timelineKeys.one(customerId, channel),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Interaction>>(
        `/v1/customers/${customerId}/timeline`,
        { channel, cursor: pageParam, limit: LIMIT },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: nextCursor,
    placeholderData: (old) => old,
  })

const newer = (a: Interaction, b: Interaction): boolean =>
  a.occurred_at > b.occurred_at || (a.occurred_at === b.occurred_at && a.id > b.id)

/**
 * Brings the newest page of an open timeline up to date and re-reads the contacts
 * that changed further back. Older pages stay, so a long timeline costs one read.
 */
export async function refreshTimeline(
  client: QueryClient,
  customerId: string,
  changed: readonly string[],
): Promise<void> {
  const active = client.getQueryCache().findAll({ queryKey: timelineKeys.of(customerId), type: 'active' })
  await Promise.all(
    active.map(async (query) => {
      const channel = String(query.queryKey[2] ?? '')
      const path = `/v1/customers/${customerId}/timeline`
      const head = await get<Page<Interaction>>(path, { channel, limit: LIMIT })
      client.setQueryData<Pages<Interaction>>(query.queryKey, (old) => (old ? withHead(old, head, newer) : old))
      const fresh = new Set((head.items ?? []).map((i) => i.id))
      for (const id of changed.slice(0, 20)) if (!fresh.has(id)) await refreshInteraction(client, customerId, id)
    }),
  )
}

async function refreshInteraction(client: QueryClient, customerId: string, id: string): Promise<void> {
  putInteraction(client, customerId, await get<Interaction>(`/v1/interactions/${id}`))
}

function putInteraction(client: QueryClient, customerId: string, item: Interaction): void {
  for (const query of client.getQueryCache().findAll({ queryKey: timelineKeys.of(customerId) })) {
    client.setQueryData<Pages<Interaction>>(query.queryKey, (old) => (old ? withItem(old, item) : old))
  }
}

/** Says what the contact was really about; "none" says that no intent fits. */
export async function correctIntent(client: QueryClient, item: Interaction, intent: string): Promise<void> {
  await post(`/v1/interactions/${item.id}/intent`, { intent })
  await reread(client, item)
}

/** Tries to write a recording down again, or says whose voices are in it. */
export async function transcribe(
  client: QueryClient,
  item: Interaction,
  speakers: Readonly<Record<string, 'customer' | 'agent'>> = {},
): Promise<void> {
  await post(`/v1/interactions/${item.id}/transcription`, { speakers })
  await reread(client, item)
}

/** Takes the newest correction back: what was read before it applies again. */
export async function takeBackIntent(client: QueryClient, item: Interaction): Promise<void> {
  await del(`/v1/interactions/${item.id}/intent`)
  await reread(client, item)
}

async function reread(client: QueryClient, item: Interaction): Promise<void> {
  await refreshInteraction(client, item.customer_id, item.id)
  await Promise.all([
    client.invalidateQueries({ queryKey: journeyKeys.of(item.customer_id) }),
    client.invalidateQueries({ queryKey: ['cases', 'thread', item.conversation_id] }),
  ])
}

/** Logs a call by hand. */
export async function logCall(
  client: QueryClient,
  customerId: string,
  body: {
    readonly direction: 'in' | 'out'
    readonly occurred_at: string
    readonly text: string
    readonly transcript?: { readonly text: string; readonly speakers: Readonly<Record<string, string>> }
    readonly recording?: { readonly name: string; readonly data: string }
    readonly idempotency_key: string
  },
): Promise<Interaction> {
  const made = await post<Interaction>(`/v1/customers/${customerId}/calls`, body)
  await Promise.all([
    refreshTimeline(client, customerId, [made.id]),
    client.invalidateQueries({ queryKey: journeyKeys.of(customerId) }),
  ])
  return made
}

/** Moves a contact to another journey, or to a new one when journeyId is empty. */
export async function moveContact(client: QueryClient, item: Interaction, journeyId: string): Promise<Journey> {
  const journey = await post<Journey>(
    `/v1/interactions/${item.id}/move`,
    journeyId === '' ? {} : { journey_id: journeyId },
  )
  await Promise.all([
    refreshInteraction(client, item.customer_id, item.id),
    client.invalidateQueries({ queryKey: journeyKeys.of(item.customer_id) }),
  ])
  return journey
}

/** The raw bytes of a contact as text. */
export async function readRaw(path: string): Promise<string> {
  const response = await fetch(path, { credentials: 'same-origin' })
  if (!response.ok) await call('GET', path)
  return response.text()
}
