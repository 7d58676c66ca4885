import { BadgeCheck, ChevronDown, MoreHorizontal, Paperclip } from 'lucide-react'
import { lazy, memo, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interaction, Span } from '../../api/types'
import { list } from '../../lib/list'
import { bodyOffset } from '../../lib/spans'
import { didWhat, fileSize, party, traitText } from '../../lib/words'
import { Button, IconButton } from '../../ui/button'
import { cx } from '../../ui/cx'
import { ActionItems, Menu } from '../../ui/menu'
import { When } from '../../ui/when'
import { HtmlView, Marked, Quoted } from './contact-body'
import { LinkWhy } from './link-why'
import { ReadingChips } from './reading'
import { useCustomerView } from './view'

const Talk = lazy(() => import('./talk').then((m) => ({ default: m.Talk })))
const Transcription = lazy(() => import('./transcription').then((m) => ({ default: m.Transcription })))

/** Longer texts are cut for reading and open on demand. */
const LONG = 1400

/** One contact: who, how, when, what was said, and what Rapport made of it. */
export const Contact = memo(function Contact({
  item,
  arrived,
}: {
  readonly item: Interaction
  readonly arrived: boolean
}) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const [open, setOpen] = useState(!item.automatic)
  const [long, setLong] = useState(false)
  const [html, setHtml] = useState(false)
  const [marks, setMarks] = useState<readonly Span[]>([])
  const { who, agent } = party(item, view.customer.name, view.firm)
  const note = item.direction === 'internal' || item.kind === 'note'
  const unanswered = new Set(
    list(view.journeys.get(item.journey_id)?.unanswered)
      .filter((q) => q.interaction_id === item.id)
      .map((q) => q.text),
  )
  const place = view.shown?.contact === item.id ? view.shown.span : undefined
  const cut = item.text.length > LONG && !long && !place && list(item.turns).length === 0
  const shown = cut ? `${item.text.slice(0, LONG).trimEnd()}…` : item.text

  return (
    <div
      className={cx(
        'rounded-card py-2 pr-1 pl-2',
        note && 'bg-note shadow-[inset_3px_0_0_var(--note-bar)]',
        arrived && 'animate-[arrive_2s_var(--ease)]',
      )}
    >
      <header className="flex items-start">
        <div className="flex min-h-6 min-w-0 flex-1 flex-wrap items-center gap-x-2">
          <span className={cx('text-body font-semibold', item.direction === 'out' && 'text-muted')}>{who}</span>
          {item.verified ? (
            <span title={t('The sender was verified')} className="inline-flex">
              <BadgeCheck role="img" aria-label={t('Verified')} className="!size-3.5 text-success" />
            </span>
          ) : null}
          <span className="text-body text-muted">
            {didWhat(t, item.kind, item.direction, item.channel, item.automatic)}
            {agent
              ? `, ${item.kind === 'call' ? t('spoke to {{agent}}', { agent }) : t('with {{agent}}', { agent })}`
              : ''}
          </span>
          <When at={item.occurred_at} className="text-label text-muted" />
        </div>
        <div className="flex flex-none items-center">
          <LinkWhy item={item} />
          <Menu trigger={<IconButton icon={MoreHorizontal} label={t('What to do with this contact')} small />}>
            <ActionItems actions={view.contactActions(item)} />
          </Menu>
        </div>
      </header>
      {note ? <p className="caps mb-0.5 !text-warning-text">{t('Internal note')}</p> : null}
      {item.subject ? (
        <p className="measure truncate text-body font-medium" title={item.subject}>
          <Marked text={item.subject} spans={marks} offset={0} />
        </p>
      ) : null}
      {open ? (
        <>
          {html ? (
            <HtmlView id={item.id} />
          ) : list(item.turns).length > 0 ? (
            <div className="measure">
              <Suspense fallback={null}>
                <Talk item={item} marks={marks} place={place} />
              </Suspense>
            </div>
          ) : (
            <p
              className={cx(
                'measure whitespace-pre-wrap [overflow-wrap:anywhere]',
                item.direction === 'in' ? 'text-msg' : 'text-read',
                item.kind === 'order' && 'font-medium',
              )}
            >
              <Marked
                text={shown}
                spans={place && marks.length === 0 ? [place] : marks}
                offset={bodyOffset(item.subject)}
              />
            </p>
          )}
          {cut && !html ? (
            <Button look="link" size="small" onClick={() => setLong(true)}>
              {t('Show all of it')}
            </Button>
          ) : null}
          {item.transcription ? (
            <Suspense fallback={null}>
              <Transcription item={item} />
            </Suspense>
          ) : null}
          {html || !item.quoted ? null : <Quoted text={item.quoted} />}
          {item.truncated ? (
            <p className="text-label text-muted">
              {t('Cut off here: {{why}}. The raw view has all of it.', { why: item.truncated })}
            </p>
          ) : null}
          <Extras item={item} />
        </>
      ) : (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="measure flex w-full items-center gap-1 rounded-control text-left text-body text-muted hover:text-text"
        >
          <ChevronDown aria-hidden className="!size-3.5" />
          <span className="truncate">{item.text.replace(/\s+/g, ' ').slice(0, 160) || t('Show')}</span>
        </button>
      )}
      {item.has_html && open ? (
        <Button look="link" size="small" className="!text-label !font-normal" onClick={() => setHtml(!html)}>
          {html ? t('Show as text') : t('Show as it was sent')}
        </Button>
      ) : null}
      {item.reading && !item.automatic ? (
        <ReadingChips item={item} reading={item.reading} onMark={setMarks} open={unanswered} />
      ) : null}
    </div>
  )
})

/** Files, and the facts that came with an order or an event. */
function Extras({ item }: { readonly item: Interaction }) {
  const { t } = useTranslation()
  const files = list(item.attachments)
  const traits = item.kind === 'order' || item.kind === 'event' ? Object.entries(item.traits ?? {}) : []
  if (files.length === 0 && traits.length === 0) return null
  return (
    <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-label text-muted">
      {traits.slice(0, 8).map(([name, value]) => (
        <span key={name}>
          {name} <span className="text-text">{traitText(value)}</span>
        </span>
      ))}
      {files.map((f) => (
        <span key={f.name} className="inline-flex items-center gap-1">
          <Paperclip aria-hidden className="!size-3.5" />
          {f.name || t('Unnamed file')}
          {f.size ? `, ${fileSize(f.size)}` : ''}
        </span>
      ))}
    </div>
  )
}
