import type { TFunction } from 'i18next'
import { BellRing, Clock, PencilLine, ShieldQuestionMark } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Case } from '../../api/desk'
import { usePresence } from '../../api/presence'
import { sla } from '../../lib/inbox/sla'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { duration, exact, relative } from '../../lib/time'
import { useMedia } from '../../lib/use-media'
import { ChannelGlyph } from '../../ui/channel'
import { Colleague } from '../../ui/colleague'
import { cx } from '../../ui/cx'
import { SlaRing } from '../../ui/sla-ring'
import { PriorityMark } from './priority'
import { tagColour } from './tag-colour'
import { shortWhen } from './when-words'

interface RowProps {
  readonly item: Case
  readonly me: string
  readonly density: 'compact' | 'normal' | 'comfortable'
  readonly selected: boolean
  readonly selecting: boolean
  readonly onToggle: (id: string) => void
  /** Whose it is goes without saying in one's own queue. */
  readonly showAssignee: boolean
  readonly showWait: boolean
}

const ROW_HEIGHTS = { compact: 40, normal: 64, comfortable: 88 } as const

/** How high rows are; never less than a finger needs. */
export function useRowHeight(density: RowProps['density']): number {
  return Math.max(ROW_HEIGHTS[density], useMedia('(pointer: coarse)') ? 44 : 0)
}

/** Says how a running target stands, for hover and for screen readers. */
export function slaWords(t: TFunction, c: Case, late: boolean, text: string): string {
  const what = c.due_kind === 'first' ? t('First answer') : c.due_kind === 'resolve' ? t('Solved') : t('Next answer')
  return late
    ? t('{{what}}: overdue by {{time}}', { what, time: text.replace('−', '') })
    : t('{{what}}: {{time}} left', { what, time: text })
}

/** One conversation in a queue: who, what about, whose turn, how long. */
export const CaseRow = memo(function CaseRow(props: RowProps) {
  const { item: c, density, me } = props
  const { t } = useTranslation()
  const others = usePresence(c.id, me)
  const strong = c.unread ? 'font-semibold' : 'font-medium'
  const subject = c.subject || t('No subject')
  return (
    <div className="group/row flex h-full items-stretch pr-3">
      <Box {...props} />
      <div className="flex min-w-0 flex-1 flex-col justify-center gap-0.5">
        <div className="flex items-center gap-1.5">
          <ChannelGlyph channel={c.channel} className="!size-3.5" />
          <span className={cx('min-w-0 truncate text-body', strong)}>{c.customer_name || t('Unknown')}</span>
          {c.unread ? <span className="sr-only">{t('Unread')}</span> : null}
          {c.unverified ? (
            <span title={t('The sender was not verified')} className="inline-flex">
              <ShieldQuestionMark
                role="img"
                aria-label={t('The sender was not verified')}
                className="!size-3.5 text-warning-text"
              />
            </span>
          ) : null}
          {density === 'compact' ? (
            <span className="min-w-0 flex-1 truncate text-body text-muted">{subject}</span>
          ) : (
            <span className="flex-1" />
          )}
          {others.map((p) => (
            <Colleague
              key={p.user_id}
              id={p.user_id}
              name={p.name}
              size="tiny"
              className={cx(p.state === 'typing' && 'shadow-[0_0_0_2px_var(--accent)]')}
              title={
                p.state === 'typing'
                  ? t('{{name}} is typing', { name: p.name })
                  : t('{{name}} is looking', { name: p.name })
              }
            />
          ))}
          <PriorityMark priority={c.priority} />
          <Stand item={c} showWait={props.showWait} />
        </div>
        {density === 'compact' ? null : (
          <div className="flex items-center gap-1.5">
            <p className="min-w-0 flex-1 truncate text-body">
              <span className={c.unread ? 'text-text' : 'text-muted'}>
                {c.draft ? (
                  <span className="mr-1 text-danger-text">
                    <PencilLine aria-hidden className="mr-0.5 inline !size-3" />
                    {t('Draft')}
                  </span>
                ) : null}
                {density === 'normal' && c.subject ? (
                  <>
                    <span className={cx(c.unread && 'font-medium')}>{c.subject}</span>{' '}
                    <span className="font-normal text-muted">
                      {c.last_direction === 'out' ? `${t('We:')} ` : ''}
                      {c.preview}
                    </span>
                  </>
                ) : (
                  <span className={cx(c.unread && 'font-medium')}>
                    {density === 'comfortable' ? subject : c.preview}
                  </span>
                )}
              </span>
            </p>
            {density === 'normal' ? <Tags item={c} small /> : null}
            {props.showAssignee && c.assignee_id ? (
              <Colleague
                id={c.assignee_id}
                name={c.assignee_name}
                size="tiny"
                title={t('Assigned to {{name}}', { name: c.assignee_name })}
              />
            ) : null}
          </div>
        )}
        {density === 'comfortable' ? (
          <div className="flex items-center gap-2">
            <p className="min-w-0 flex-1 truncate text-body text-muted">{c.preview}</p>
            <Tags item={c} />
          </div>
        ) : null}
      </div>
    </div>
  )
})

/** The unread dot; on hover and while selecting it is the box that selects. */
function Box({ item: c, selected, selecting, onToggle }: RowProps) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard selects with x
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <span
      className="relative flex w-7 flex-none items-center justify-center"
      onClick={(e) => {
        e.stopPropagation()
        onToggle(c.id)
      }}
      title={t('Select')}
    >
      <span
        aria-hidden
        className={cx(
          'size-2 rounded-full',
          c.unread ? 'bg-accent' : 'bg-transparent',
          selecting || selected ? 'hidden' : 'group-hover/row:hidden',
        )}
      />
      <span
        aria-hidden
        className={cx(
          'size-4 items-center justify-center rounded-[4px] border text-[11px] leading-none',
          selected ? 'border-accent bg-accent text-on-accent' : 'border-control bg-surface',
          selecting || selected ? 'flex' : 'hidden group-hover/row:flex',
        )}
      >
        {selected ? '✓' : ''}
      </span>
    </span>
  )
}

/** What the clock says: the target where one runs, the waking time, else the last message. */
function Stand({ item: c, showWait }: Pick<RowProps, 'item' | 'showWait'>) {
  const { t } = useTranslation()
  const now = useNow()
  if (c.status === 'todo' && c.due_at) {
    const look = sla(c.waiting_since ?? c.opened_at, c.due_at, now)
    return <SlaRing look={look} label={slaWords(t, c, look.state === 'late', look.text)} />
  }
  if (c.status === 'snoozed' && c.snoozed_until) {
    return (
      <span
        className="inline-flex items-center gap-1 text-label text-muted tabular-nums"
        title={t('Comes back {{when}}', { when: exact(c.snoozed_until) })}
      >
        <Clock aria-hidden className="!size-3.5" />
        {shortWhen(c.snoozed_until, now)}
      </span>
    )
  }
  // Where the longest wait comes first, the wait is what the eye looks for.
  if (showWait && c.status === 'todo' && c.waiting_since) {
    return (
      <time
        dateTime={c.waiting_since}
        title={t('Waits since {{when}}', { when: exact(c.waiting_since) })}
        className="text-label whitespace-nowrap text-muted tabular-nums"
      >
        {duration(Math.max(0, (now - Date.parse(c.waiting_since)) / 1000))}
      </time>
    )
  }
  return (
    <time
      dateTime={c.last_at}
      title={exact(c.last_at)}
      className="text-label whitespace-nowrap text-muted tabular-nums"
    >
      {c.mentioned ? (
        <BellRing role="img" aria-label={t('You were mentioned')} className="mr-1 inline !size-3.5" />
      ) : null}
      {relative(c.last_at, now)}
    </time>
  )
}

function Tags({ item: c, small }: { readonly item: Case; readonly small?: boolean }) {
  const tags = list(c.tags)
  if (tags.length === 0) return null
  return (
    <span className="inline-flex flex-none items-center gap-1" title={tags.map((tag) => tag.name).join(', ')}>
      {tags.slice(0, small ? 3 : 2).map((tag) => (
        <span key={tag.id} className="inline-flex max-w-24 items-center gap-1 text-label text-muted">
          <span aria-hidden className="size-2 flex-none rounded-full" style={{ background: tagColour(tag.colour) }} />
          <span className={small ? 'sr-only' : 'truncate'}>{tag.name}</span>
        </span>
      ))}
    </span>
  )
}
