import type { QueryClient } from '@tanstack/react-query'
import { t } from 'i18next'
import { mergeJourneys, setJourneyState, splitJourney } from '../../api/queries/journeys'
import { moveContact } from '../../api/queries/timeline'
import type { Interaction, Journey } from '../../api/types'
import { attempt, done } from '../../ui/undo'

/** Moves a contact to another journey, or to a new one, with a way back. */
export function move(client: QueryClient, item: Interaction, journeyId: string): void {
  const before = item.journey_id
  attempt(t('The contact was not moved'), async () => {
    await moveContact(client, item, journeyId)
    done(journeyId === '' ? t('Moved to a new journey') : t('Moved to the other journey'), () =>
      moveContact(client, item, before),
    )
  })
}

export function resolve(client: QueryClient, journey: Journey, state: 'resolved' | 'open'): void {
  attempt(t('The journey was not changed'), async () => {
    await setJourneyState(client, journey, state)
    done(state === 'resolved' ? t('Marked as resolved') : t('Opened again'), () =>
      setJourneyState(client, journey, journey.state),
    )
  })
}

/** Makes the given contacts a journey of their own. */
export function split(client: QueryClient, journey: Journey, ids: readonly string[]): void {
  attempt(t('The journey was not split'), async () => {
    const made = await splitJourney(client, journey, ids)
    done(t('Split off as a journey of its own'), () => mergeJourneys(client, journey, made))
  })
}

/** Puts another journey's contacts into this one. */
export function join(client: QueryClient, into: Journey, other: Journey): void {
  const ids = (other.links ?? []).map((l) => l.interaction_id)
  attempt(t('The journeys were not joined'), async () => {
    const joined = await mergeJourneys(client, into, other)
    done(t('The two journeys are one now'), ids.length > 0 ? () => splitJourney(client, joined, ids) : undefined)
  })
}
