import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { del, get, post } from '../client'
import type { CustomerChange, Fact } from '../desk'
import type { Page } from '../types'

export const factKeys = {
  of: (customerId: string) => ['facts', customerId] as const,
  changes: (customerId: string) => ['customer-changes', customerId] as const,
}

export const factsQuery = (customerId: string) =>
  queryOptions({
    queryKey: factKeys.of(customerId),
    queryFn: async ({ signal }) =>
      list((await get<Page<Fact>>(`/v1/customers/${customerId}/facts`, undefined, signal)).items),
    enabled: customerId !== '',
  })

export const changesQuery = (customerId: string) =>
  queryOptions({
    queryKey: factKeys.changes(customerId),
    queryFn: async ({ signal }) =>
      list((await get<Page<CustomerChange>>(`/v1/customers/${customerId}/changes`, { limit: 3 }, signal)).items),
    enabled: customerId !== '',
  })

export interface NewFact {
  readonly text: string
  readonly topic?: string
  readonly quote?: string
  readonly interaction_id?: string
  readonly purpose: string
  readonly expires_at?: string
}

export async function addFact(client: QueryClient, customerId: string, fact: NewFact): Promise<Fact> {
  const made = await post<Fact>(`/v1/customers/${customerId}/facts`, fact)
  client.setQueryData(factsQuery(customerId).queryKey, (old) => [made, ...list(old).filter((f) => f.id !== made.id)])
  void client.invalidateQueries({ queryKey: factKeys.changes(customerId) })
  return made
}

export async function removeFact(client: QueryClient, customerId: string, id: string): Promise<void> {
  client.setQueryData(factsQuery(customerId).queryKey, (old) => list(old).filter((f) => f.id !== id))
  try {
    await del(`/v1/customers/${customerId}/facts/${id}`)
  } finally {
    void client.invalidateQueries({ queryKey: factKeys.of(customerId) })
    void client.invalidateQueries({ queryKey: factKeys.changes(customerId) })
  }
}

export async function restoreFact(client: QueryClient, customerId: string, id: string): Promise<void> {
  await post(`/v1/customers/${customerId}/facts/${id}/restore`)
  await client.invalidateQueries({ queryKey: factKeys.of(customerId) })
}
