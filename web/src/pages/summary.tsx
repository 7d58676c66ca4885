import { useQuery } from '@tanstack/react-query'
import {
  CalendarCheck,
  ChevronDown,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CircleHelp,
  DoorOpen,
  Handshake,
  type LucideIcon,
} from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { type Summarised, summaryQuery } from '../api/queries/summary'
import type { SummarySentence } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { createKeptStore, useStore } from '../lib/store'
import { useMedia } from '../lib/use-media'
import { Button } from '../ui/button'
import { cx } from '../ui/cx'
import { When } from '../ui/when'

const KINDS: Readonly<Record<SummarySentence['kind'], readonly [label: string, icon: LucideIcon, look: string]>> = {
  problem: [say('Problem'), CircleAlert, 'text-warning-text'],
  ask: [say('Asked'), CircleHelp, 'text-muted'],
  promise: [say('Promised'), Handshake, 'text-muted'],
  agreed: [say('Agreed'), CalendarCheck, 'text-muted'],
  leaving: [say('May leave'), DoorOpen, 'text-danger-text'],
  outcome: [say('Outcome'), CircleCheck, 'text-success-text'],
}

/** Folded or not, as this person left it; until then open where there is room. */
const opened = createKeptStore<boolean | null>('summary', null)

interface SummaryProps {
  readonly of: Summarised
  readonly id: string
  /** Changes whenever what is summed up does. */
  readonly version: string | number
  /** Stands for the firm where nobody is named. */
  readonly firm: string
  readonly onJump: (sentence: SummarySentence) => void
  readonly className?: string
}

/** The few sentences that carry what follows, each the way to its place. */
export function Summary({ of, id, version, firm, onJump, className }: SummaryProps) {
  const { t } = useTranslation()
  const body = useId()
  const narrow = useMedia('(max-width: 719px)')
  const open = useStore(opened) ?? !narrow
  const query = useQuery(summaryQuery(of, id, version))
  const sentences = list(query.data?.sentences)
  if (query.isSuccess && sentences.length === 0) return null
  const Fold = open ? ChevronDown : ChevronRight
  return (
    <section aria-label={t('In short')} className={cx('flex min-h-0 flex-col', className)}>
      <h3 className="flex-none">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => opened.set(!open)}
          className="my-0.5 ml-0.5 flex h-7 items-center gap-1 rounded-control pr-2 pl-1 text-label font-semibold hover:bg-sunken"
        >
          <Fold aria-hidden className="text-muted" />
          {t('In short')}
        </button>
      </h3>
      <div id={body} hidden={!open} className="min-h-0 overflow-y-auto">
        {query.isError && !query.data ? (
          <p role="alert" className="flex items-center gap-3 px-2 pb-2 text-muted">
            {t('The summary could not be read')}
            <Button look="link" size="small" onClick={() => void query.refetch()}>
              {t('Try again')}
            </Button>
          </p>
        ) : query.isPending ? (
          <div role="status" aria-label={t('Loading')} className="late flex flex-col gap-3 px-2 pt-1.5 pb-3">
            {[72, 58, 66].map((width) => (
              <div
                key={width}
                className="h-2.5 animate-[pulse_1.6s_infinite] rounded bg-line"
                style={{ width: `${width}%` }}
              />
            ))}
          </div>
        ) : (
          <ol className="flex flex-col pb-1.5">
            {sentences.map((s) => (
              <li key={`${s.interaction_id} ${s.start}`}>
                <Row sentence={s} firm={firm} onJump={onJump} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}

interface RowProps {
  readonly sentence: SummarySentence
  readonly firm: string
  readonly onJump: (sentence: SummarySentence) => void
}

function Row({ sentence: s, firm, onJump }: RowProps) {
  const { t } = useTranslation()
  const [label, Icon, look] = KINDS[s.kind]
  return (
    <button
      type="button"
      title={t('Show where it was said')}
      onClick={() => onJump(s)}
      className="grid w-full grid-cols-[80px_minmax(0,1fr)_minmax(0,144px)] items-start gap-x-3 rounded-control px-2 py-1 text-left -outline-offset-2 hover:bg-sunken max-md:grid-cols-[auto_minmax(0,1fr)]"
    >
      <span className={cx('inline-flex h-5 items-center gap-1.5 text-label font-medium', look)}>
        <Icon aria-hidden className="!size-3.5" />
        {t(label)}
      </span>
      <span className="line-clamp-2 text-body [overflow-wrap:anywhere] max-md:order-last max-md:col-span-2 max-md:line-clamp-3">
        {s.internal ? (
          <span className="mr-1.5 rounded-chip bg-note px-1.5 text-label font-medium text-warning-text">
            {t('Internal note')}
          </span>
        ) : null}
        {s.text}
      </span>
      <span className="flex h-5 min-w-0 items-center justify-end gap-1 text-label whitespace-nowrap text-muted">
        <span className="truncate">{s.author || firm}</span>
        <span aria-hidden>·</span>
        <When at={s.at} className="flex-none" />
      </span>
    </button>
  )
}
