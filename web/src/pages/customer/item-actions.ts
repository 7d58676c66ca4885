import type { QueryClient } from '@tanstack/react-query'
import { t } from 'i18next'
import {
  Check,
  Copy,
  FileCode,
  Filter,
  FoldVertical,
  GitMerge,
  Plus,
  RotateCcw,
  Split,
  UnfoldVertical,
  Waypoints,
} from 'lucide-react'
import type { Action } from '../../actions/registry'
import type { Interaction, Journey } from '../../api/types'
import { list } from '../../lib/list'
import { isClosed } from '../../lib/words'
import { attempt, done } from '../../ui/undo'
import { join, move, resolve, split } from './moves'
import type { CustomerView } from './view'

type Parts = Pick<CustomerView, 'journeys' | 'only' | 'setOnly' | 'isFolded' | 'setFolded' | 'setWhy' | 'showRaw'>

const titleOf = (j: Journey): string => j.intent_label || j.title

function copy(text: string): void {
  attempt(t('It could not be copied'), async () => {
    await navigator.clipboard.writeText(text)
    done(t('Link copied'))
  })
}

/** What can be done with one contact. */
export function contactActions(client: QueryClient, view: Parts, item: Interaction): readonly Action[] {
  const journey = view.journeys.get(item.journey_id)
  const links = list(journey?.links)
  const at = links.findIndex((l) => l.interaction_id === item.id)
  const later = at > 0 ? links.slice(at).map((l) => l.interaction_id) : []
  return [
    {
      id: 'contact-why',
      label: t('Why is it in this journey?'),
      section: 'Here',
      icon: Waypoints,
      run: () => view.setWhy(item.id),
    },
    {
      id: 'contact-raw',
      label: t('Show as it came in'),
      section: 'Here',
      icon: FileCode,
      run: () => view.showRaw(item),
    },
    {
      id: 'contact-new',
      label: t('Start a new journey with it'),
      section: 'Here',
      icon: Plus,
      run: () => move(client, item, ''),
    },
    ...(journey && later.length > 1
      ? [
          {
            id: 'contact-split',
            label: t('Split the journey from here on'),
            section: 'Here',
            icon: Split,
            run: () => split(client, journey, later),
          } as const,
        ]
      : []),
    {
      id: 'contact-link',
      label: t('Copy a link to it'),
      section: 'Here',
      icon: Copy,
      run: () => copy(`${location.origin}/customers/${item.customer_id}?contact=${item.id}`),
    },
  ]
}

/** What can be done with one journey. */
export function journeyActions(client: QueryClient, view: Parts, journey: Journey): readonly Action[] {
  const folded = view.isFolded(journey.id)
  const alone = view.only === journey.id
  const others = [...view.journeys.values()].filter((j) => j.id !== journey.id && !isClosed(j.state)).slice(0, 5)
  return [
    isClosed(journey.state)
      ? {
          id: 'journey-open',
          label: t('Open it again'),
          section: 'Here',
          icon: RotateCcw,
          run: () => resolve(client, journey, 'open'),
        }
      : {
          id: 'journey-resolve',
          label: t('Mark as resolved'),
          section: 'Here',
          icon: Check,
          run: () => resolve(client, journey, 'resolved'),
        },
    alone
      ? {
          id: 'journey-all',
          label: t('Show all journeys'),
          section: 'Here',
          icon: Filter,
          run: () => view.setOnly(''),
        }
      : {
          id: 'journey-only',
          label: t('Show this journey alone'),
          section: 'Here',
          icon: Filter,
          run: () => view.setOnly(journey.id),
        },
    {
      id: 'journey-fold',
      label: folded ? t('Unfold the journey') : t('Fold the journey'),
      section: 'Here',
      icon: folded ? UnfoldVertical : FoldVertical,
      run: () => view.setFolded(journey.id, !folded),
    },
    ...others.map(
      (j): Action => ({
        id: `journey-join-${j.id}`,
        label: t('Join with “{{title}}”', { title: titleOf(j) }),
        section: 'Here',
        icon: GitMerge,
        run: () => join(client, journey, j),
      }),
    ),
    {
      id: 'journey-link',
      label: t('Copy a link to the journey'),
      section: 'Here',
      icon: Copy,
      run: () => copy(`${location.origin}/customers/${journey.customer_id}?journey=${journey.id}`),
    },
  ]
}
