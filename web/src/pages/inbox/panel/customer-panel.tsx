import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowUpRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../../../api/desk'
import { customerCasesQuery } from '../../../api/queries/cases'
import { customerQuery } from '../../../api/queries/customers'
import { changesQuery } from '../../../api/queries/facts'
import { customerJourneysQuery } from '../../../api/queries/journeys'
import { flat } from '../../../api/queries/pages'
import { customerSurveysQuery } from '../../../api/queries/satisfaction'
import { timelineQuery } from '../../../api/queries/timeline'
import { sla } from '../../../lib/inbox/sla'
import { list } from '../../../lib/list'
import { useNow } from '../../../lib/now'
import { exact } from '../../../lib/time'
import { usePainted } from '../../../lib/use-painted'
import { isClosed } from '../../../lib/words'
import { Avatar } from '../../../ui/avatar'
import { ChannelGlyph } from '../../../ui/channel'
import { ScoreChip } from '../../../ui/score-chip'
import { SlaRing } from '../../../ui/sla-ring'
import { StateChip } from '../../../ui/state-chip'
import { When } from '../../../ui/when'
import { ChannelPath, journeyTitle } from '../../customer/band'
import { Effort } from '../../customer/effort'
import { Identifiers } from '../../customer/identifiers'
import { Part } from '../../customer/panel'
import { slaWords } from '../case-row'
import { statusWords } from '../status'
import { useInboxView } from '../view'
import { FactDialog } from './fact-dialog'
import { Facts } from './facts'
import { Trend } from './trend'

interface PanelProps {
  readonly item: CaseDetail
  readonly onLeave?: () => void
}

/** Who it is and what else is going on with them, beside the answer being written; the words come first. */
export function CustomerPanel(props: PanelProps) {
  const drawn = usePainted(props.item.customer_id)
  return (
    <div className="flex flex-col">
      <Who {...props} drawn={drawn} />
      {drawn ? <Parts {...props} /> : null}
    </div>
  )
}

function Who({ item, onLeave, drawn }: PanelProps & { readonly drawn: boolean }) {
  const { t } = useTranslation()
  const customer = useQuery({ ...customerQuery(item.customer_id), enabled: drawn }).data
  const name = customer?.name ?? item.customer_name
  return (
    <div className="flex items-center gap-3 px-4 pt-4 pb-3">
      <Avatar name={name} size="normal" />
      <div className="min-w-0 flex-1">
        <Link
          to="/customers/$id"
          params={{ id: item.customer_id }}
          {...(onLeave ? { onClick: onLeave } : {})}
          className="flex items-center gap-1 text-msg leading-5 font-semibold hover:underline pointer-coarse:py-3"
        >
          <span className="truncate">{name}</span>
          <ArrowUpRight aria-hidden className="!size-3.5 text-muted" />
        </Link>
        {customer ? (
          <p className="text-label text-muted">
            {t('{{count}} contacts', { count: customer.contacts })}, {t('first')} <When at={customer.first_at} />
          </p>
        ) : null}
      </div>
    </div>
  )
}

function Parts({ item, onLeave }: PanelProps) {
  const { t } = useTranslation()
  const customer = useQuery(customerQuery(item.customer_id)).data
  const journeys = flat(useInfiniteQuery(customerJourneysQuery(item.customer_id)).data)
  const timeline = flat(useInfiniteQuery(timelineQuery(item.customer_id, '')).data)
  const journey = journeys.find((j) => j.id === item.journey_id)
  return (
    <>
      <Promised item={item} />
      <Satisfaction item={item} />
      <Part title={t('Facts')}>
        <Facts customerId={item.customer_id} />
      </Part>
      {journey ? (
        <Part title={t('This issue')}>
          <div className="flex flex-col gap-1.5">
            <Link
              to="/customers/$id"
              params={{ id: item.customer_id }}
              search={{ journey: journey.id }}
              className="truncate font-medium hover:underline pointer-coarse:py-3"
            >
              {journeyTitle(journey)}
            </Link>
            <span className="flex flex-wrap items-center gap-2">
              <StateChip state={journey.state} {...(journey.state_reason ? { title: journey.state_reason } : {})} />
              <ChannelPath journey={journey} />
            </span>
            <span className="-ml-2">
              <Effort journey={journey} />
            </span>
            {list(journey.unanswered).map((q) => (
              <q
                key={`${q.interaction_id} ${q.text}`}
                className="rounded-control bg-warning-soft px-2 py-1 text-body text-warning-text"
              >
                {q.text}
              </q>
            ))}
          </div>
        </Part>
      ) : null}
      <Others item={item} {...(onLeave ? { onLeave } : {})} />
      <OpenJourneys
        journeys={journeys.filter((j) => j.id !== item.journey_id && !isClosed(j.state)).slice(0, 5)}
        customerId={item.customer_id}
      />
      <Part title={t('Reached through')}>
        {customer ? <Identifiers items={list(customer.identifier_list)} /> : null}
      </Part>
      <Part title={t('How it goes')}>
        <Trend items={timeline} journeys={journeys} />
      </Part>
      <Changes customerId={item.customer_id} />
      <FactDialog item={item} />
    </>
  )
}

/** The promises that run. */
function Promised({ item }: { readonly item: CaseDetail }) {
  const { t } = useTranslation()
  const now = useNow()
  const rows = [
    { label: t('First answer'), due: item.first_answer_at ? undefined : item.sla?.first_due },
    { label: t('Next answer'), due: item.sla?.next_due },
    { label: t('Solved'), due: item.sla?.resolve_due },
  ].filter((r) => r.due)
  if (rows.length === 0) return null
  return (
    <Part title={t('Promised')}>
      <dl className="grid grid-cols-[1fr_auto] items-center gap-y-1">
        {rows.map((r) => {
          const look = sla(item.waiting_since ?? item.opened_at, r.due, now)
          return (
            <div
              key={r.label}
              className="col-span-2 flex items-center justify-between"
              title={r.due ? exact(r.due) : undefined}
            >
              <dt className="text-muted">{r.label}</dt>
              <dd>
                <SlaRing look={look} label={slaWords(t, item, look.state === 'late', look.text)} />
              </dd>
            </div>
          )
        })}
      </dl>
      {item.sla?.paused ? (
        <p className="mt-1 text-label text-muted">{t('The clock stands while the customer has the turn.')}</p>
      ) : null}
    </Part>
  )
}

/** What the customer said when they were asked, the newest first. */
function Satisfaction({ item }: { readonly item: CaseDetail }) {
  const { t } = useTranslation()
  const surveys = useQuery(customerSurveysQuery(item.customer_id)).data ?? []
  // What was asked and not answered says something of this conversation only.
  const shown = surveys.filter((s) => s.answered_at || s.case_id === item.id).slice(0, 3)
  if (shown.length === 0) return null
  return (
    <Part title={t('Satisfaction')}>
      <ul className="flex flex-col gap-2">
        {shown.map((s) => (
          <li key={s.id} className="flex flex-col gap-1">
            <span className="flex flex-wrap items-center gap-2">
              {s.answered_at ? (
                <ScoreChip kind={s.kind} score={s.score} high={s.high} />
              ) : (
                <span className="text-muted">{t('Asked, no answer yet')}</span>
              )}
              <span className="text-label text-muted">
                <When at={s.answered_at ?? s.asked_at} />
                {s.case_id === item.id ? ` · ${t('this conversation')}` : ''}
              </span>
            </span>
            {s.comment ? (
              <q dir="auto" className="[overflow-wrap:anywhere]">
                {s.comment}
              </q>
            ) : null}
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Others({ item, onLeave }: PanelProps) {
  const { t } = useTranslation()
  const view = useInboxView()
  const query = useQuery(customerCasesQuery(item.customer_id))
  const others = list(query.data?.items).filter((c) => c.id !== item.id && !c.merged_into)
  const open = others.filter((c) => c.status !== 'done' && c.status !== 'ignored')
  if (others.length === 0) return null
  return (
    <Part title={open.length > 0 ? t('Other open conversations') : t('Earlier conversations')}>
      <ul className="-mx-2">
        {(open.length > 0 ? open : others.slice(0, 3)).map((c) => (
          <li key={c.id}>
            <button
              type="button"
              onClick={() => {
                onLeave?.()
                view.go(c.id)
              }}
              className="flex w-full items-center gap-2 rounded-control px-2 py-1.5 text-left hover:bg-sunken"
            >
              <ChannelGlyph channel={c.channel} className="!size-3.5" />
              <span className="min-w-0 flex-1 truncate">{c.subject || c.preview}</span>
              <span className="flex-none text-label text-muted">{t(statusWords[c.status])}</span>
            </button>
          </li>
        ))}
      </ul>
    </Part>
  )
}

interface JourneysProps {
  readonly journeys: Parameters<typeof Trend>[0]['journeys']
  readonly customerId: string
}

function OpenJourneys({ journeys, customerId }: JourneysProps) {
  const { t } = useTranslation()
  if (journeys.length === 0) return null
  return (
    <Part title={t('Other open issues')}>
      <ul className="flex flex-col gap-2">
        {journeys.map((j) => (
          <li key={j.id} className="flex flex-col gap-1">
            <Link
              to="/customers/$id"
              params={{ id: customerId }}
              search={{ journey: j.id }}
              className="truncate font-medium hover:underline pointer-coarse:py-3"
            >
              {journeyTitle(j)}
            </Link>
            <span className="flex items-center gap-2 text-label text-muted">
              <StateChip state={j.state} /> <When at={j.last_at} />
            </span>
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Changes({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const changes = list(useQuery(changesQuery(customerId)).data).slice(0, 3)
  if (changes.length === 0) return null
  return (
    <Part title={t('Last changes')}>
      <ul className="flex flex-col gap-1.5">
        {changes.map((c) => (
          <li key={c.id} className="text-body">
            {c.text}
            <span className="block text-meta text-muted">
              {c.author}, <When at={c.at} />
            </span>
          </li>
        ))}
      </ul>
    </Part>
  )
}
