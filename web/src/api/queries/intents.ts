import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { get, patch, post } from '../client'
import type { components } from '../schema'
import type { IntentModel, Page } from '../types'
import { intentsQuery } from './settings'

type Schemas = components['schemas']

export type FirmIntent = Schemas['FirmIntent']
export type IntentDetail = Schemas['IntentDetail']
export type IntentChange = Schemas['IntentChange']
export type IntentProposal = Schemas['IntentProposal']
export type ReadText = Schemas['ReadText']
export type PackChoice = Schemas['PackChoice']
export type Training = Schemas['TaxonomyStatus']

const SOON = 2000
const key = ['taxonomy'] as const

export const busy = (state: Training['state'] | undefined): boolean => state === 'waiting' || state === 'running'

export const taxonomyQuery = queryOptions({
  queryKey: [...key, 'intents'] as const,
  queryFn: ({ signal }) => get<Schemas['Taxonomy']>('/v1/taxonomy', undefined, signal),
  refetchInterval: ({ state }) => (busy(state.data?.training.state) ? SOON : false),
})

export const intentQuery = (name: string) =>
  queryOptions({
    queryKey: [...key, 'intent', name] as const,
    queryFn: ({ signal }) => get<IntentDetail>(`/v1/taxonomy/${name}`, undefined, signal),
  })

export const splitQuery = (name: string) =>
  queryOptions({
    queryKey: [...key, 'split', name] as const,
    queryFn: ({ signal }) => get<Schemas['SplitProposal']>(`/v1/taxonomy/${name}/split`, undefined, signal),
  })

export const proposalsQuery = queryOptions({
  queryKey: [...key, 'proposals'] as const,
  queryFn: ({ signal }) => get<Schemas['IntentProposals']>('/v1/taxonomy/proposals', undefined, signal),
  refetchInterval: ({ state }) => (state.data?.state === 'looking' ? SOON : false),
})

export const changesQuery = queryOptions({
  queryKey: [...key, 'changes'] as const,
  queryFn: async ({ signal }) => list((await get<Page<IntentChange>>('/v1/taxonomy/changes', undefined, signal)).items),
})

/** The newest training; asked anew whenever the state of training changes. */
export const lastTrainingQuery = (state: Training['state']) =>
  queryOptions({
    queryKey: [...key, 'training', state] as const,
    queryFn: async ({ signal }) =>
      list((await get<Page<IntentModel>>('/v1/intent-models', undefined, signal)).items).find((m) => m.version > 0) ??
      null,
  })

async function refresh(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: key }),
    client.invalidateQueries({ queryKey: intentsQuery.queryKey }),
  ])
}

export async function undoChange(client: QueryClient, id: string): Promise<void> {
  await post(`/v1/taxonomy/changes/${id}/undo`)
  await refresh(client)
}

/** Makes a change and gives the way back: the newest entry of the history is the change. */
async function changed(client: QueryClient, work: () => Promise<unknown>): Promise<() => Promise<void>> {
  await work()
  const newest = list((await get<Page<IntentChange>>('/v1/taxonomy/changes')).items)[0]
  await refresh(client)
  return () => (newest ? undoChange(client, newest.id) : Promise.resolve())
}

export interface NamedIntent {
  readonly label: string
  readonly description?: string
  readonly examples: readonly string[]
}

export const createIntent = (client: QueryClient, body: NamedIntent) =>
  changed(client, () => post('/v1/taxonomy', body))

export const renameIntent = (client: QueryClient, name: string, label: string, description: string) =>
  changed(client, () => patch(`/v1/taxonomy/${name}`, { label, description }))

export const retireIntent = (client: QueryClient, name: string, retired: boolean) =>
  changed(client, () => patch(`/v1/taxonomy/${name}`, { retired }))

export const addExamples = (client: QueryClient, name: string, examples: readonly string[]) =>
  changed(client, () => post(`/v1/taxonomy/${name}/examples`, { examples }))

export const removeExample = (client: QueryClient, name: string, id: string) =>
  changed(client, () => post(`/v1/taxonomy/${name}/examples/remove`, { id }))

export const mergeIntent = (client: QueryClient, name: string, into: string) =>
  changed(client, () => post(`/v1/taxonomy/${name}/merge`, { into }))

export const splitIntent = (client: QueryClient, name: string, body: NamedIntent) =>
  changed(client, () => post(`/v1/taxonomy/${name}/split`, body))

export const choosePacks = (client: QueryClient, packs: readonly string[]) =>
  changed(client, () => post('/v1/taxonomy/packs', { packs }))

export async function train(client: QueryClient): Promise<void> {
  client.setQueryData(taxonomyQuery.queryKey, await post<Schemas['Taxonomy']>('/v1/taxonomy/train'))
}

export async function lookAgain(client: QueryClient): Promise<void> {
  client.setQueryData(proposalsQuery.queryKey, await post<Schemas['IntentProposals']>('/v1/taxonomy/proposals/look'))
}

async function reopen(client: QueryClient, id: string): Promise<void> {
  await post(`/v1/taxonomy/proposals/${id}/reopen`)
  await refresh(client)
}

/** Makes an intent of a proposal, or gives its texts to another one. The way back puts both back. */
export async function acceptProposal(
  client: QueryClient,
  id: string,
  body: { readonly label?: string; readonly description?: string; readonly into?: string },
): Promise<() => Promise<void>> {
  const undo = await changed(client, () => post(`/v1/taxonomy/proposals/${id}/accept`, body))
  return async () => {
    await undo()
    await reopen(client, id)
  }
}

export async function dismissProposal(client: QueryClient, id: string): Promise<() => Promise<void>> {
  await post(`/v1/taxonomy/proposals/${id}/dismiss`)
  await refresh(client)
  return () => reopen(client, id)
}

export const readTexts = async (texts: readonly string[]): Promise<readonly ReadText[]> =>
  list((await post<Page<ReadText>>('/v1/taxonomy/read', { texts })).items)
