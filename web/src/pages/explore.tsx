import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../actions/registry'
import { teamsQuery } from '../api/queries/desk'
import {
  type ExploreSearch,
  figuresQuery,
  pathJourneysQuery,
  pathsQuery,
  type Segment,
  type SplitBy,
} from '../api/queries/explore'
import type { Channel, GroupFigures, JourneyState, Share } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { channelLabel, channelNames, stateLabel } from '../lib/words'
import { PageHeader } from '../shell/page-header'
import { cx } from '../ui/cx'
import { INPUT } from '../ui/field'
import { StateChip } from '../ui/state-chip'
import { Empty, Failed, Skeleton } from '../ui/states'
import { When } from '../ui/when'
import { journeyTitle } from './customer/band'
import { useIntentLabel, useIntents } from './customer/use-intents'
import { PathDrawing } from './path-drawing'

const SPANS = [
  [7, say('7 days')],
  [30, say('30 days')],
  [90, say('90 days')],
  [365, say('A year')],
] as const
const SEGMENTS: readonly (readonly [Segment, string])[] = [
  ['all', say('All customers')],
  ['switched', say('Changed channel')],
  ['repeat', say('Came back')],
  ['leaving', say('May leave')],
  ['hard', say('High effort')],
]
const STATES: readonly JourneyState[] = ['open', 'waiting_for_us', 'waiting_for_them', 'resolved', 'abandoned']

const route = getRouteApi('/shell/explore')

/** The ways that customers take across channels, what they cost them, and whether they helped. */
export function ExplorePage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [way, setWay] = useState<{ readonly leave: string; readonly reach: string }>()
  const change = (next: Partial<ExploreSearch>) => {
    setWay(undefined)
    void navigate({ to: '/explore', search: { ...search, ...next }, replace: true })
  }
  const intents = useIntents()
  const paths = useQuery(pathsQuery(search))
  const figures = useQuery(figuresQuery(search))
  useActions(
    SPANS.map(([days, label]) => ({
      id: `span-${days}`,
      label: t(label),
      section: 'Here' as const,
      run: () => change({ days }),
    })),
  )
  return (
    <>
      <PageHeader title={t('Paths')}>
        <Choice
          label={t('Time')}
          value={String(search.days)}
          onChange={(v) => change({ days: SPANS.find(([d]) => String(d) === v)?.[0] ?? 90 })}
          options={SPANS.map(([d, label]) => [String(d), t(label)])}
        />
        <Choice
          label={t('Intent')}
          value={search.intent}
          onChange={(intent) => change({ intent })}
          options={[['', t('Every intent')], ...intents.map((i) => [i.name, i.label] as const)]}
        />
        <Choice
          label={t('Customers')}
          value={search.segment}
          onChange={(v) => change({ segment: SEGMENTS.find(([s]) => s === v)?.[0] ?? 'all' })}
          options={SEGMENTS.map(([s, label]) => [s, t(label)])}
        />
        <Choice
          label={t('Starts')}
          value={search.start}
          onChange={(v) => change({ start: v as '' | Channel })}
          options={[['', t('Starts anywhere')], ...channelNames.map((c) => [c, t(channelLabel(c))] as const)]}
        />
        <Choice
          label={t('Ends')}
          value={search.end}
          onChange={(v) => change({ end: v as '' | JourneyState })}
          options={[['', t('Ends in any way')], ...STATES.map((s) => [s, t(stateLabel(s))] as const)]}
        />
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} role="group" aria-label={t('Paths')}>
        {figures.data ? (
          <section className="grid grid-cols-4 gap-px border-b border-line bg-line max-lg:grid-cols-2">
            <Tile
              title={t('First contact resolution, 7 days')}
              share={figures.data.total.fcr_7}
              change={figures.data.fcr_7_change}
            />
            <Tile
              title={t('Solved for the customer')}
              share={figures.data.total.solved}
              change={figures.data.solved_change}
            />
            <Tile
              title={t('Solved by each system, not by us')}
              share={figures.data.total.by_systems}
              change={figures.data.by_systems_change}
              bad
              hint={t('Over two channels or more, and unsolved or back again')}
            />
            <Tile
              title={t('Really done by self-service')}
              share={figures.data.total.contained}
              change={figures.data.contained_change}
              hint={t('Systems say {{share}}', { share: percent(figures.data.total.self_service.value) })}
            />
          </section>
        ) : null}
        {paths.isError ? (
          <Failed error={paths.error} what={t('The ways could not be read')} retry={() => void paths.refetch()} />
        ) : paths.isPending ? (
          <Skeleton rows={6} />
        ) : paths.data.journeys === 0 ? (
          <Empty title={t('No journeys here')}>{t('Choose a longer time or fewer conditions.')}</Empty>
        ) : (
          <PathDrawing paths={paths.data} chosen={way} onChoose={setWay} />
        )}
        {way ? <Journeys search={search} {...way} /> : null}
        {figures.data ? (
          <Groups groups={list(figures.data.groups)} by={search.by} onBy={(by) => change({ by })} />
        ) : null}
      </div>
    </>
  )
}

function Choice(p: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [string, string])[]
  readonly onChange: (v: string) => void
}) {
  return (
    <select
      aria-label={p.label}
      value={p.value}
      onChange={(e) => p.onChange(e.target.value)}
      className={cx(INPUT, '!w-auto max-w-44 border-line')}
    >
      {p.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}

const percent = (v: number): string => `${Math.round(v * 100)} %`
const points = (v: number): string => `${v > 0 ? '+' : v < 0 ? '−' : '±'}${Math.abs(Math.round(v * 100))}`

interface TileProps {
  readonly title: string
  readonly share: Share
  readonly change?: { readonly value: number; readonly low: number; readonly high: number } | undefined
  readonly hint?: string
  /** Less is better. */
  readonly bad?: boolean
}

/** A share with its interval, and its change against the time before: said to be one only when the interval leaves out zero. */
function Tile({ title, share, change, hint, bad }: TileProps) {
  const { t } = useTranslation()
  const sure = change !== undefined && (change.low > 0 || change.high < 0)
  const good = change !== undefined && change.value > 0 !== (bad ?? false)
  return (
    <div className="flex flex-col gap-1 bg-surface px-6 py-4 max-md:px-4">
      <h2 className="text-label text-muted">{title}</h2>
      <p className="text-figure font-semibold tabular-nums">{share.n === 0 ? '–' : percent(share.value)}</p>
      <p className="text-label text-muted tabular-nums">
        {share.n === 0
          ? t('No data yet')
          : t('{{low}}–{{high}} of {{n}}', { low: percent(share.low), high: percent(share.high), n: share.n })}
        {share.provisional > 0 ? ` · ${t('{{n}} still open', { n: share.provisional })}` : ''}
      </p>
      {change ? (
        <p
          className={cx(
            'text-label tabular-nums',
            !sure ? 'text-muted' : good ? 'text-success-text' : 'text-danger-text',
          )}
        >
          {sure
            ? t('{{change}} points against the time before ({{low}} to {{high}})', {
                change: points(change.value),
                low: points(change.low),
                high: points(change.high),
              })
            : t('No clear change against the time before ({{low}} to {{high}})', {
                low: points(change.low),
                high: points(change.high),
              })}
        </p>
      ) : null}
      {hint ? <p className="text-label text-muted">{hint}</p> : null}
    </div>
  )
}

/** The rows behind a part of the drawing. */
function Journeys({
  search,
  leave,
  reach,
}: {
  readonly search: ExploreSearch
  readonly leave: string
  readonly reach: string
}) {
  const { t } = useTranslation()
  const query = useQuery(pathJourneysQuery(search, leave, reach))
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-t border-line px-6 py-4 max-md:px-4">
      <h2 id={id} className="mb-2 text-title font-semibold">
        {t('Journeys that went this way')}
      </h2>
      {query.isError ? <Failed error={query.error} what={t('The ways could not be read')} /> : null}
      <ul>
        {list(query.data?.items).map((j) => (
          <li key={j.id}>
            <Link
              to="/customers/$id"
              params={{ id: j.customer_id }}
              search={{ journey: j.id }}
              className="flex min-h-11 items-center gap-3 rounded-control px-2 hover:bg-sunken"
            >
              <span className="min-w-0 flex-1 truncate">
                <span className="font-medium">{journeyTitle(j)}</span>{' '}
                <span className="text-muted">{j.customer_name}</span>
              </span>
              <StateChip state={j.state} />
              <When at={j.last_at} className="w-20 text-right text-label text-muted max-md:hidden" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

const SPLITS: readonly (readonly [SplitBy, label: string, head: string])[] = [
  ['intent', say('By intent'), say('Intent')],
  ['channel', say('By first channel'), say('Channel')],
  ['team', say('By team'), say('Team')],
]

/** The figures by intent, by the channel of the first contact, or by the team that has it. */
function Groups({
  groups,
  by,
  onBy,
}: {
  readonly groups: readonly GroupFigures[]
  readonly by: SplitBy
  readonly onBy: (by: SplitBy) => void
}) {
  const { t } = useTranslation()
  const label = useIntentLabel()
  const teams = list(useQuery({ ...teamsQuery, enabled: by === 'team' }).data)
  const name = (key: string) => {
    if (by === 'team') return key === '' ? t('No team') : (teams.find((x) => x.id === key)?.name ?? '…')
    if (key === '') return t('Not known')
    return by === 'intent' ? label(key) : t(channelLabel(key as Channel))
  }
  const split = SPLITS.find(([s]) => s === by) ?? SPLITS[0]
  return (
    <section className="border-t border-line px-6 py-4 max-md:px-4">
      <div className="mb-2 flex items-center gap-3">
        <h2 className="text-title font-semibold">{t('Figures')}</h2>
        <Choice
          label={t('Split by')}
          value={by}
          onChange={(v) => onBy(SPLITS.find(([s]) => s === v)?.[0] ?? 'intent')}
          options={SPLITS.map(([s, text]) => [s, t(text)] as const)}
        />
      </div>
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t('Figures')}>
        <table className="w-full min-w-[44rem] text-body">
          <thead className="text-label text-muted">
            <tr className="[&>th]:px-2 [&>th]:py-1 [&>th]:text-right [&>th]:font-medium [&>th:first-child]:text-left">
              <th scope="col">{t(split?.[2] ?? '')}</th>
              <th scope="col">{t('Journeys')}</th>
              <th scope="col">{t('Solved')}</th>
              <th scope="col">{t('FCR 7')}</th>
              <th scope="col">{t('FCR 14')}</th>
              <th scope="col">{t('FCR 30')}</th>
              <th scope="col">{t('Effort')}</th>
              <th scope="col">{t('Switches')}</th>
            </tr>
          </thead>
          <tbody>
            {groups.slice(0, 40).map((g) => (
              <tr
                key={g.key}
                className="border-t border-line [&>td]:px-2 [&>td]:py-1.5 [&>td]:text-right [&>td]:tabular-nums"
              >
                <th scope="row" className="px-2 text-left font-normal">
                  {name(g.key)}
                </th>
                <td>{g.journeys}</td>
                <ShareCell share={g.solved} />
                <ShareCell share={g.fcr_7} />
                <ShareCell share={g.fcr_14} />
                <ShareCell share={g.fcr_30} />
                <td>{Math.round(g.effort.value)}</td>
                <td>{g.switches.value.toFixed(1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** A share with its interval, and how many journeys it can't count yet. */
function ShareCell({ share: s }: { readonly share: Share }) {
  const { t } = useTranslation()
  return (
    <td>
      {s.n === 0 ? '–' : percent(s.value)}
      <span className="block text-label whitespace-nowrap text-muted">
        {s.n === 0 ? '' : `${Math.round(s.low * 100)}–${percent(s.high)}`}
      </span>
      {s.provisional > 0 ? (
        <span className="block text-label whitespace-nowrap text-muted">
          {t('{{n}} still open', { n: s.provisional })}
        </span>
      ) : null}
    </td>
  )
}
