import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { DoorOpen, MessageCircleQuestion, Repeat2 } from 'lucide-react'
import { useMemo } from 'react'
import { useActions } from '../actions/registry'
import { type JourneySort, type JourneyTab, journeysQuery } from '../api/queries/journeys'
import { flat } from '../api/queries/pages'
import type { Journey } from '../api/types'
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
  { value: 'waiting', label: 'Waiting for us' },
  { value: 'unanswered', label: 'Unanswered questions' },
  { value: 'open', label: 'Open' },
  { value: 'repeat', label: 'Repeat contacts' },
  { value: 'all', label: 'All' },
]
const SORTS: readonly (readonly [JourneySort, string])[] = [
  ['waiting', 'Waiting longest'],
  ['effort', 'Most effort'],
  ['last', 'Newest contact'],
]
/** Only journeys that wait for us can be sorted by how long they wait. */
const sortFor = (tab: JourneyTab, sort: JourneySort): JourneySort =>
  tab === 'waiting' ? 'waiting' : sort === 'waiting' ? 'last' : sort
const HEIGHTS = { compact: 52, normal: 60, comfortable: 72 } as const
const DAYS = { '7': 7, '14': 14, '30': 30 } as const

const route = getRouteApi('/shell/journeys')

/** Journeys of all customers: who waits, what was hard, who had to come back. */
export function JourneysPage() {
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
    ...TABS.map((t) => ({
      id: `tab-${t.value}`,
      label: `Show: ${t.label.toLowerCase()}`,
      section: 'Here' as const,
      run: () => change({ tab: t.value }),
    })),
    ...SORTS.map(([value, label]) => ({
      id: `sort-${value}`,
      label: `Sort: ${label.toLowerCase()}`,
      section: 'Here' as const,
      run: () => change({ sort: value }),
    })),
  ])
  return (
    <>
      <PageHeader title="Journeys">
        <Segmented label="Which journeys" value={tab} options={TABS} onChange={(t) => change({ tab: t })} />
        <div className="flex items-center gap-2 md:ml-auto">
          {tab === 'repeat' ? (
            <select
              aria-label="Came back within"
              value={repeat}
              onChange={(e) => change({ repeat: e.target.value === '7' ? '7' : e.target.value === '14' ? '14' : '30' })}
              className={cx(INPUT, '!w-auto border-line')}
            >
              <option value="7">Within 7 days</option>
              <option value="14">Within 14 days</option>
              <option value="30">Within 30 days</option>
            </select>
          ) : null}
          <select
            aria-label="Sort by"
            value={sort}
            onChange={(e) => change({ sort: SORTS.find(([v]) => v === e.target.value)?.[0] ?? 'waiting' })}
            className={cx(INPUT, '!w-auto border-line')}
          >
            {SORTS.filter(([value]) => tab === 'waiting' || value !== 'waiting').map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </PageHeader>
      {query.isError ? (
        <Failed error={query.error} what="The journeys could not be read" retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={12} height={height} />
      ) : rows.length === 0 ? (
        <Empty title={tab === 'waiting' ? 'Nobody waits for us' : 'No such journeys'}>
          {tab === 'waiting'
            ? 'Every customer has an answer. New journeys appear here by themselves.'
            : 'Nothing matches this filter now.'}
        </Empty>
      ) : (
        <VirtualList
          label="Journeys"
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
          May leave
        </Chip>
      ) : null}
      {days > 0 ? (
        <span className="max-md:hidden">
          <Chip icon={Repeat2} title={`Came back within ${days} days`}>
            {days} days
          </Chip>
        </span>
      ) : null}
      <span className="flex w-20 flex-none items-center max-md:hidden">
        <ChannelPath journey={j} max={3} />
      </span>
      <span
        className="flex w-24 flex-none items-center gap-2 text-label text-muted max-md:hidden"
        title="Customer effort"
      >
        <Meter
          value={j.effort / 100}
          tone={j.effort >= 60 ? 'danger' : j.effort >= 30 ? 'warning' : 'muted'}
          className="flex-1"
        />
        <span className="w-6 text-right tabular-nums">
          <span className="sr-only">Effort </span>
          {Math.round(j.effort)}
        </span>
      </span>
      <span className="flex w-40 flex-none justify-end max-md:w-auto">
        {j.state === 'waiting_for_us' && isSet(j.waiting_since) ? (
          <Chip tone="warning" title="The customer waits for us">
            Waits {duration(Math.max(0, (now - Date.parse(j.waiting_since)) / 1000))}
          </Chip>
        ) : (
          <StateChip state={j.state} />
        )}
      </span>
      <When at={j.last_at} className="w-20 flex-none text-right text-label text-muted tabular-nums max-md:hidden" />
    </div>
  )
}
