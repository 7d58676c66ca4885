import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { DoorOpen, MessageCircleQuestion, Repeat2 } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../actions/registry'
import { type JourneySort, type JourneyTab, journeysQuery } from '../api/queries/journeys'
import { flat } from '../api/queries/pages'
import type { Journey } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { journeyPlace } from '../lib/list-place'
import { useNow } from '../lib/now'
import { density } from '../lib/prefs'
import { useStore } from '../lib/store'
import { duration, isSet } from '../lib/time'
import { repeatDays } from '../lib/words'
import { PageHeader } from '../shell/page-header'
import { Chip } from '../ui/chip'
import { cx } from '../ui/cx'
import { INPUT } from '../ui/field'
import { Meter } from '../ui/meter'
import { Segmented } from '../ui/segmented'
import { StateChip } from '../ui/state-chip'
import { Empty, Failed, Skeleton } from '../ui/states'
import { VirtualList } from '../ui/virtual-list'
import { When } from '../ui/when'
import { ChannelPath, journeyTitle } from './customer/band'

const TABS: readonly { readonly value: JourneyTab; readonly label: string }[] = [
  { value: 'waiting', label: say('Waiting for us') },
  { value: 'unanswered', label: say('Unanswered questions') },
  { value: 'open', label: say('Open') },
  { value: 'repeat', label: say('Repeat contacts') },
  { value: 'all', label: say('All') },
]
const SORTS: readonly (readonly [JourneySort, string])[] = [
  ['waiting', say('Waiting longest')],
  ['effort', say('Most effort')],
  ['last', say('Newest contact')],
]
/** Only journeys that wait for us can be sorted by how long they wait. */
const sortFor = (tab: JourneyTab, sort: JourneySort): JourneySort =>
  tab === 'waiting' ? 'waiting' : sort === 'waiting' ? 'last' : sort
const HEIGHTS = { compact: 52, normal: 60, comfortable: 72 } as const
const DAYS = { '7': 7, '14': 14, '30': 30 } as const

const route = getRouteApi('/shell/journeys')

/** Journeys of all customers: who waits, what was hard, who had to come back. */
export function JourneysPage() {
  const { t } = useTranslation()
  const { tab, sort, repeat } = route.useSearch()
  const navigate = useNavigate()
  const height = HEIGHTS[useStore(density)]
  const active = useStore(journeyPlace)
  const query = useInfiniteQuery(journeysQuery({ tab, sort, repeat: DAYS[repeat] }))
  const rows = useMemo(() => flat(query.data), [query.data])
  const change = (next: { tab?: JourneyTab; sort?: JourneySort; repeat?: '7' | '14' | '30' }) =>
    void navigate({
      to: '/journeys',
      search: { tab, sort: next.tab ? sortFor(next.tab, sort) : sort, repeat, ...next },
      replace: true,
    })
  const open = (j: Journey) =>
    void navigate({ to: '/customers/$id', params: { id: j.customer_id }, search: { journey: j.id } })
  useActions([
    ...TABS.map((one) => ({
      id: `tab-${one.value}`,
      label: t('Show: {{what}}', { what: t(one.label) }),
      section: 'Here' as const,
      run: () => change({ tab: one.value }),
    })),
    ...SORTS.map(([value, label]) => ({
      id: `sort-${value}`,
      label: t('Sort: {{what}}', { what: t(label) }),
      section: 'Here' as const,
      run: () => change({ sort: value }),
    })),
  ])
  return (
    <>
      <PageHeader title={t('Journeys')}>
        <Link
          to="/explore"
          search={{ days: 90, intent: '', segment: 'all', start: '', end: '', by: 'intent' }}
          className="text-body text-accent underline-offset-2 hover:underline md:hidden"
        >
          {t('Paths')}
        </Link>
        <Segmented
          label={t('Which journeys')}
          value={tab}
          options={TABS.map((one) => ({ ...one, label: t(one.label) }))}
          onChange={(value) => change({ tab: value })}
        />
        <div className="flex items-center gap-2 md:ml-auto">
          {tab === 'repeat' ? (
            <select
              aria-label={t('Came back within')}
              value={repeat}
              onChange={(e) => change({ repeat: e.target.value === '7' ? '7' : e.target.value === '14' ? '14' : '30' })}
              className={cx(INPUT, '!w-auto border-line')}
            >
              <option value="7">{t('Within {{days}} days', { days: 7 })}</option>
              <option value="14">{t('Within {{days}} days', { days: 14 })}</option>
              <option value="30">{t('Within {{days}} days', { days: 30 })}</option>
            </select>
          ) : null}
          <select
            aria-label={t('Sort by')}
            value={sort}
            onChange={(e) => change({ sort: SORTS.find(([v]) => v === e.target.value)?.[0] ?? 'waiting' })}
            className={cx(INPUT, '!w-auto border-line')}
          >
            {SORTS.filter(([value]) => tab === 'waiting' || value !== 'waiting').map(([value, label]) => (
              <option key={value} value={value}>
                {t(label)}
              </option>
            ))}
          </select>
        </div>
      </PageHeader>
      {query.isError ? (
        <Failed error={query.error} what={t('The journeys could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={12} height={height} />
      ) : rows.length === 0 ? (
        <Empty title={tab === 'waiting' ? t('Nobody waits for us') : t('No such journeys')}>
          {tab === 'waiting'
            ? t('Every customer has an answer. New journeys appear here by themselves.')
            : t('Nothing matches this filter now.')}
        </Empty>
      ) : (
        <VirtualList
          label={t('Journeys')}
          items={rows}
          idOf={(j) => j.id}
          row={(j) => <Row journey={j} />}
          height={height}
          activeId={active}
          onActive={journeyPlace.set}
          onOpen={open}
          hrefOf={(j) => `/customers/${j.customer_id}?journey=${j.id}`}
          hasMore={query.hasNextPage}
          loadMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage()
          }}
        />
      )}
    </>
  )
}

function Row({ journey: j }: { readonly journey: Journey }) {
  const { t } = useTranslation()
  const now = useNow()
  const question = list(j.unanswered)[0]
  const days = repeatDays(j.repeat)
  return (
    <div className="flex h-full items-center gap-4 px-6 max-md:gap-2 max-md:px-4">
      <div className="w-64 min-w-0 flex-none max-md:w-auto max-md:flex-1">
        <p className="truncate text-read font-medium">{journeyTitle(j)}</p>
        <p className="truncate text-label text-muted">{j.customer_name}</p>
      </div>
      <p className="flex min-w-0 flex-1 items-center gap-1.5 text-body text-muted max-lg:hidden">
        {question ? (
          <>
            <MessageCircleQuestion aria-hidden className="text-warning-text" />
            <q className="truncate text-text">{question.text}</q>
          </>
        ) : (
          <span className="truncate">{j.state_reason}</span>
        )}
      </p>
      {j.leaving ? (
        <Chip tone="danger" icon={DoorOpen}>
          {t('May leave')}
        </Chip>
      ) : null}
      {days > 0 ? (
        <span className="max-md:hidden">
          <Chip icon={Repeat2} title={t('Came back within {{days}} days', { days })}>
            {t('{{n}} days', { n: days })}
          </Chip>
        </span>
      ) : null}
      <span className="flex w-20 flex-none items-center max-md:hidden">
        <ChannelPath journey={j} max={3} />
      </span>
      <span
        className="flex w-24 flex-none items-center gap-2 text-label text-muted max-md:hidden"
        title={t('Customer effort')}
      >
        <Meter
          value={j.effort / 100}
          tone={j.effort >= 60 ? 'danger' : j.effort >= 30 ? 'warning' : 'muted'}
          className="flex-1"
        />
        <span className="w-6 text-right tabular-nums">
          <span className="sr-only">{t('Effort')} </span>
          {Math.round(j.effort)}
        </span>
      </span>
      <span className="flex w-40 flex-none justify-end max-md:w-auto">
        {j.state === 'waiting_for_us' && isSet(j.waiting_since) ? (
          <Chip tone="warning" title={t('The customer waits for us')}>
            {t('Waits {{time}}', { time: duration(Math.max(0, (now - Date.parse(j.waiting_since)) / 1000)) })}
          </Chip>
        ) : (
          <StateChip state={j.state} />
        )}
      </span>
      <When at={j.last_at} className="w-20 flex-none text-right text-label text-muted tabular-nums max-md:hidden" />
    </div>
  )
}
