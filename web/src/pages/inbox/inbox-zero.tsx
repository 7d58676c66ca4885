import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { casesQuery } from '../../api/queries/cases'
import { hasFilter } from '../../lib/inbox/query'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { dayAt } from '../../lib/zone'
import { Button } from '../../ui/button'
import { useInboxView } from './view'
import { shortWhen } from './when-words'

/** An empty queue: either all is done, or nothing matches. */
export function InboxZero() {
  const { t } = useTranslation()
  const view = useInboxView()
  const { search } = view
  if (hasFilter(search) || search.status !== 'todo') {
    return (
      <div className="flex flex-1 flex-col items-start gap-3 px-6 py-10">
        <h2 className="text-title font-semibold">{t('Nothing here')}</h2>
        <p className="text-read text-muted">
          {search.status === 'todo' || hasFilter(search)
            ? t('No conversation matches this filter.')
            : t('Conversations appear here as soon as there is one.')}
        </p>
        {hasFilter(search) ? (
          <Button onClick={() => view.setSearch({ queue: search.queue, status: search.status })}>
            {t('Without the filter')}
          </Button>
        ) : null}
      </div>
    )
  }
  return <Zero />
}

function Zero() {
  const { t } = useTranslation()
  const view = useInboxView()
  const now = useNow()
  const { search } = view
  const scope = { queue: search.queue, ...(search.team ? { team: search.team } : {}) }
  const doneToday = useInfiniteQuery(casesQuery({ ...scope, status: 'done' })).data
  const snoozed = useInfiniteQuery(casesQuery({ ...scope, status: 'snoozed' })).data
  const midnight = dayAt(now)
  const count = (doneToday?.pages ?? [])
    .flatMap((p) => list(p.items))
    .filter((c) => c.done_at && Date.parse(c.done_at) >= midnight).length
  const next = (snoozed?.pages ?? [])
    .flatMap((p) => list(p.items))
    .map((c) => c.snoozed_until ?? '')
    .filter(Boolean)
    .sort()[0]
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-4 px-6 pb-16 text-center">
      <svg
        aria-hidden
        viewBox="0 0 96 72"
        className="h-18 w-24 text-control"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        <path d="M14 44 24 16h48l10 28v14a4 4 0 0 1-4 4H18a4 4 0 0 1-4-4Z" strokeLinejoin="round" />
        <path d="M14 44h20l4 7h20l4-7h20" strokeLinejoin="round" />
        <path d="m40 30 6 6 12-13" stroke="var(--success)" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <div>
        <h2 className="text-title font-semibold">
          {search.queue === 'mine' ? t('Everybody has an answer') : t('Nothing waits here')}
        </h2>
        <p className="mt-1 text-read text-muted">
          {count > 0 ? t('{{count}} done today.', { count }) : t('New conversations appear here by themselves.')}
          {next ? ` ${t('The next one comes back {{when}}.', { when: shortWhen(next, now) })}` : ''}
        </p>
      </div>
      {search.queue === 'mine' ? (
        <Button onClick={() => view.setSearch({ queue: 'unassigned' })}>{t('Take one that nobody has')}</Button>
      ) : null}
    </div>
  )
}
