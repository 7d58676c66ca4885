import { useQuery } from '@tanstack/react-query'
import { intentsQuery } from '../../api/queries/settings'
import type { Intent } from '../../api/types'
import { list } from '../../lib/list'
import { sentence } from '../../lib/words'

export function useIntents(): readonly Intent[] {
  return list(useQuery(intentsQuery).data?.items)
}

/** The name of an intent as people say it. */
export function useIntentLabel(): (name: string) => string {
  const intents = useIntents()
  return (name) => intents.find((i) => i.name === name)?.label ?? sentence(name)
}
