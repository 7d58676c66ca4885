import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { del, get, post } from '../client'
import type { components } from '../schema'
import type { Page } from '../types'

type Schemas = components['schemas']

export type OwnNumber = Schemas['OwnNumber']
export type NumberKind = OwnNumber['kind']
export type Shape = Schemas['Shape']
export type Part = Schemas['Part']
export type Trial = Schemas['Trial']
export type Match = Schemas['Match']
export type Product = Schemas['Product']
export type ProductTrial = Schemas['ProductTrial']
export type LineProblem = Schemas['LineProblem']
export type VocabularyChange = Schemas['VocabularyChange']
export type VocabularyKind = 'numbers' | 'products'

const key = ['vocabulary'] as const

export const numbersQuery = queryOptions({
  queryKey: [...key, 'numbers'] as const,
  queryFn: async ({ signal }) => list((await get<Page<OwnNumber>>('/v1/numbers', undefined, signal)).items),
})

export const productsQuery = (q: string) =>
  queryOptions({
    queryKey: [...key, 'products', q] as const,
    queryFn: ({ signal }) => get<Schemas['Catalogue']>('/v1/products', { q }, signal),
    placeholderData: keepPreviousData,
  })

export const vocabularyChangesQuery = (kind: VocabularyKind) =>
  queryOptions({
    queryKey: [...key, 'changes', kind] as const,
    queryFn: ({ signal }) => changesOf(kind, signal),
  })

const changesOf = async (kind: VocabularyKind, signal?: AbortSignal): Promise<readonly VocabularyChange[]> =>
  list((await get<Page<VocabularyChange>>('/v1/vocabulary/changes', { kind }, signal)).items)

export async function restoreVocabulary(client: QueryClient, kind: VocabularyKind, version: number): Promise<void> {
  await post('/v1/vocabulary/restore', { kind, version })
  await client.invalidateQueries({ queryKey: key })
}

/** Makes a change and gives the way back: to the version before the newest one. */
async function changed(
  client: QueryClient,
  kind: VocabularyKind,
  work: () => Promise<unknown>,
): Promise<() => Promise<void>> {
  await work()
  const newest = (await changesOf(kind))[0]
  await client.invalidateQueries({ queryKey: key })
  return () => (newest ? restoreVocabulary(client, kind, newest.version - 1) : Promise.resolve())
}

export interface NewNumber {
  readonly name: string
  readonly kind: NumberKind
  readonly examples: readonly string[]
}

export const tryNumber = (number: NewNumber) => post<Trial>('/v1/numbers/try', number)

export const addNumber = (client: QueryClient, number: NewNumber) =>
  changed(client, 'numbers', () => post('/v1/numbers', number))

export const removeNumber = (client: QueryClient, id: string) =>
  changed(client, 'numbers', () => del(`/v1/numbers/${id}`))

export const tryProducts = (text: string) => post<ProductTrial>('/v1/products/try', { text })

export const putProducts = (client: QueryClient, text: string, replace: boolean) =>
  changed(client, 'products', () => post('/v1/products', { text, replace }))

export const removeProduct = (client: QueryClient, name: string) =>
  changed(client, 'products', () => post('/v1/products/remove', { name }))
