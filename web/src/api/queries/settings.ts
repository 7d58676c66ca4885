import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { del, get, post } from '../client'
import type { Intent, IntentModel, Key, NewKey, Page } from '../types'

export const intentsQuery = queryOptions({
  queryKey: ['intents'] as const,
  queryFn: ({ signal }) => get<Pick<Page<Intent>, 'items'>>('/v1/intents', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

const keysKey = ['keys'] as const

export const keysQuery = queryOptions({
  queryKey: keysKey,
  queryFn: ({ signal }) => get<Page<Key>>('/v1/keys', undefined, signal),
})

export async function createKey(client: QueryClient, name: string, scopes: readonly string[]): Promise<NewKey> {
  const made = await post<NewKey>('/v1/keys', { name, scopes })
  await client.invalidateQueries({ queryKey: keysKey })
  return made
}

export async function revokeKey(client: QueryClient, id: string): Promise<void> {
  await del(`/v1/keys/${id}`)
  await client.invalidateQueries({ queryKey: keysKey })
}

const modelsKey = ['intent-models'] as const

export const modelsQuery = queryOptions({
  queryKey: modelsKey,
  queryFn: ({ signal }) => get<Page<IntentModel>>('/v1/intent-models', undefined, signal),
})

/** Puts an earlier training into use again; 0 is the built-in model. */
export async function activateModel(client: QueryClient, version: number): Promise<void> {
  client.setQueryData(modelsKey, await post<Page<IntentModel>>('/v1/intent-models/use', { version }))
}
