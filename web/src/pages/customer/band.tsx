import i18next from 'i18next'
import { ArrowRight, ChevronDown, ChevronRight, CornerDownRight, DoorOpen, MoreHorizontal, Repeat2 } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Journey } from '../../api/types'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { dayRange, duration, isSet } from '../../lib/time'
import { byChannel, repeatDays } from '../../lib/words'
import { Button, IconButton } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { Chip, ChipButton } from '../../ui/chip'
import { ActionItems, Menu } from '../../ui/menu'
import { Popover } from '../../ui/popover'
import { StateChip } from '../../ui/state-chip'
import { When } from '../../ui/when'
import { Effort } from './effort'
import { useCustomerView } from './view'

const Summary = lazy(() => import('../summary').then((m) => ({ default: m.Summary })))
/** Shorter journeys are read faster than a summary of them. */
const LONG = 8

interface BandProps {
  readonly journey: Journey
  readonly folded: boolean
}

/** The head of a journey on the timeline: what it is about, whose turn it is, and what it cost the customer. */
export function Band({ journey: j, folded }: BandProps) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const now = useNow()
  const title = journeyTitle(j)
  const alone = view.only === j.id
  return (
    <section aria-label={t('Journey: {{title}}', { title })} className="rounded-card border border-line bg-surface">
      <div className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 py-1 pr-1 pl-1">
        <button
          type="button"
          aria-expanded={!folded}
          onClick={() => view.setFolded(j.id, !folded)}
          disabled={alone}
          className="flex h-8 min-w-0 items-center gap-1 rounded-control pr-2 pl-1 text-left hover:bg-sunken disabled:hover:bg-transparent"
        >
          {alone ? null : folded ? (
            <ChevronRight aria-hidden className="text-muted" />
          ) : (
            <ChevronDown aria-hidden className="text-muted" />
          )}
          <span className="truncate text-read font-semibold">{title}</span>
        </button>
        <StateChip state={j.state} title={j.state_reason} />
        <RepeatMark journey={j} />
        {j.leaving ? (
          <Chip tone="danger" icon={DoorOpen}>
            {t('May leave')}
          </Chip>
        ) : null}
        <div className="ml-auto flex items-center gap-1">
          {folded ? <span className="text-label text-muted">{dayRange(j.opened_at, j.last_at, now)}</span> : null}
          <Effort journey={j} />
          <Menu
            trigger={
              <IconButton icon={MoreHorizontal} label={t('What to do with the journey {{title}}', { title })} small />
            }
          >
            <ActionItems actions={view.journeyActions(j)} />
          </Menu>
        </div>
      </div>
      {folded ? null : (
        <div className="flex flex-col gap-2 px-3 pb-3">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-label text-muted">
            <ChannelPath journey={j} />
            <span>{t('{{count}} contacts', { count: j.contacts })}</span>
            {j.switches > 0 ? <span>{t('{{count}} channel switches', { count: j.switches })}</span> : null}
            <span>{dayRange(j.opened_at, j.last_at, now)}</span>
            {isSet(j.waiting_since) && j.state === 'waiting_for_us' ? (
              <span className="font-medium text-warning-text">
                {t('waiting for us for {{time}}', {
                  time: duration(Math.max(0, (now - Date.parse(j.waiting_since)) / 1000)),
                })}
              </span>
            ) : j.first_response_s > 0 ? (
              <span>{t('first answer after {{time}}', { time: duration(j.first_response_s) })}</span>
            ) : null}
          </p>
          {j.state_reason ? <p className="measure text-body text-muted">{j.state_reason}</p> : null}
          <Unanswered journey={j} />
          {j.interactions > LONG ? (
            <Suspense fallback={null}>
              <Summary
                of="journeys"
                id={j.id}
                version={`${j.last_at} ${j.interactions}`}
                firm={view.firm}
                onJump={(s) => view.show(s.interaction_id, { from: s.start, to: s.end })}
                className="-mx-2 -mb-2 max-h-[40dvh] border-t border-line"
              />
            </Suspense>
          ) : null}
        </div>
      )}
    </section>
  )
}

export const journeyTitle = (j: Journey): string =>
  j.intent_label || j.title || i18next.t('Not yet clear what it is about')

/** The channels in the order in which the customer used them. */
export function ChannelPath({ journey, max = 6 }: { readonly journey: Journey; readonly max?: number }) {
  const all = list(journey.channels)
  const channels = all.slice(0, all.length > max ? max - 1 : max)
  return (
    <span className="inline-flex items-center gap-1">
      {channels.map((c, i) => (
        <span key={c} className="inline-flex items-center gap-1">
          {i > 0 ? <ArrowRight aria-hidden className="!size-3 text-muted" /> : null}
          <ChannelGlyph channel={c} />
        </span>
      ))}
      {all.length > channels.length ? (
        <span className="text-label text-muted">+{all.length - channels.length}</span>
      ) : null}
    </span>
  )
}

function RepeatMark({ journey: j }: { readonly journey: Journey }) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const days = repeatDays(j.repeat)
  if (days === 0) return null
  const earlier = j.repeat.of ? view.journeys.get(j.repeat.of) : undefined
  return (
    <Popover
      label={t('Repeat contact')}
      trigger={
        <ChipButton tone="plain" icon={Repeat2}>
          {t('Repeat within {{days}} days', { days })}
        </ChipButton>
      }
    >
      <p>{t('The customer came back about the same issue within {{days}} days.', { days })}</p>
      {earlier ? (
        <Button look="link" className="mt-2" onClick={() => view.jump({ journey: earlier.id })}>
          {t('Show the earlier journey')}
        </Button>
      ) : null}
    </Popover>
  )
}

/** Questions that nobody has answered, in the customer's own words. */
function Unanswered({ journey: j }: { readonly journey: Journey }) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const questions = list(j.unanswered)
  if (questions.length === 0) return null
  return (
    <ul aria-label={t('Not answered yet')} className="flex flex-col gap-1">
      {questions.map((q) => {
        const channel = view.channelOf(q.interaction_id)
        return (
          <li key={`${q.interaction_id} ${q.text}`}>
            <button
              type="button"
              onClick={() => view.jump({ contact: q.interaction_id })}
              className="flex w-full items-start gap-2 rounded-control bg-warning-soft px-2 py-1.5 text-left hover:shadow-[inset_0_0_0_1px_var(--warning)]"
            >
              <CornerDownRight aria-hidden className="mt-0.5 text-warning-text" />
              <span className="min-w-0">
                <q className="text-read font-medium">{q.text}</q>{' '}
                <span className="text-label text-warning-text">
                  {t('asked')} <When at={q.asked_at} />
                  {channel ? ` ${t(byChannel(channel))}` : ''}, {t('not answered')}
                </span>
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
