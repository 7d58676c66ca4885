import { BadgeCheck, ChevronDown, ImageIcon, MoreHorizontal, Sparkles } from 'lucide-react'
import { lazy, memo, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Action } from '../../actions/registry'
import type { Message as Msg } from '../../api/desk'
import type { Span } from '../../api/types'
import { isNote } from '../../lib/inbox/thread-rows'
import { list } from '../../lib/list'
import { bodyOffset } from '../../lib/spans'
import { useStore } from '../../lib/store'
import { exact, timeOfDay } from '../../lib/time'
import { party } from '../../lib/words'
import { timeZone } from '../../lib/zone'
import { Avatar } from '../../ui/avatar'
import { Button, IconButton } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { Colleague } from '../../ui/colleague'
import { cx } from '../../ui/cx'
import { ActionItems, Menu } from '../../ui/menu'
import { HtmlView, Marked, Quoted } from '../customer/contact-body'
import { ReadingChips } from '../customer/reading'
import { Attachments } from './attachments'
import { DeliveryLine } from './delivery'
import { Notices } from './notices'

const LONG = 2400
const Talk = lazy(() => import('../customer/talk').then((m) => ({ default: m.Talk })))
const Transcription = lazy(() => import('../customer/transcription').then((m) => ({ default: m.Transcription })))
const NONE: ReadonlySet<string> = new Set()

interface MessageProps {
  readonly item: Msg
  readonly first: boolean
  readonly customerName: string
  /** A sender of the conversation failed the checks. */
  readonly doubtful: boolean
  readonly firm: string
  /** Only the newest words of the customer show what was read in them; the others on demand. */
  readonly showReading: boolean
  readonly actionsOf: (item: Msg) => readonly Action[]
  readonly split?: { readonly on: boolean; readonly toggle: () => void }
  readonly arrived: boolean
  /** A sentence of it that somebody wants to see. */
  readonly place: Span | undefined
}

/** One message of a conversation, on the side of who wrote it; a note across. */
export const Message = memo(function Message(props: MessageProps) {
  const { item, first, customerName, firm, split } = props
  const { t } = useTranslation()
  useStore(timeZone) // the times of day are in it
  const note = isNote(item)
  const out = item.direction === 'out' && !note
  const { who } = party(item, customerName, firm)
  const [reading, setReading] = useState(false)
  const [marks, setMarks] = useState<readonly Span[]>([])
  const showReading = (props.showReading || reading) && item.reading && item.direction === 'in' && !item.automatic
  const actions: readonly Action[] = [
    ...(item.reading && item.direction === 'in' && !props.showReading
      ? [
          {
            id: 'message-reading',
            label: reading ? t('Hide what was read in it') : t('What Rapport read in it'),
            section: 'Here' as const,
            icon: Sparkles,
            run: () => setReading(!reading),
          },
        ]
      : []),
    ...props.actionsOf(item),
  ]
  return (
    <article
      aria-label={note ? t('Internal note by {{name}}', { name: who }) : t('Message from {{name}}', { name: who })}
      tabIndex={-1}
      className={cx('group/message flex gap-2 rounded-card', first ? 'mt-4' : 'mt-1', out ? 'flex-row-reverse' : '')}
    >
      {split ? (
        <input
          type="checkbox"
          aria-label={t('Take this message along')}
          checked={split.on}
          onChange={split.toggle}
          className="mt-2 size-4 flex-none accent-[var(--accent)]"
        />
      ) : null}
      <div className="w-8 flex-none max-md:hidden">{first ? <Author item={item} name={who} /> : null}</div>
      <div
        className={cx(
          'flex min-w-0 flex-col',
          note ? 'flex-1' : 'max-w-[min(620px,88%)] max-md:max-w-full',
          out && 'items-end',
        )}
      >
        {first ? (
          <header className={cx('mb-1 flex min-h-5 items-center gap-1.5 px-1 text-label', out && 'flex-row-reverse')}>
            <span className="font-semibold text-text">{who}</span>
            {item.verified && item.direction === 'in' ? (
              <span title={t('The sender was verified')} className="inline-flex">
                <BadgeCheck role="img" aria-label={t('Verified')} className="!size-3.5 text-success" />
              </span>
            ) : null}
            <ChannelGlyph channel={item.channel} kind={item.kind} className="!size-3.5" />
            {item.automatic ? <span className="text-muted">{t('automatic')}</span> : null}
            <time dateTime={item.occurred_at} title={exact(item.occurred_at)} className="text-muted tabular-nums">
              {timeOfDay(item.occurred_at)}
            </time>
          </header>
        ) : null}
        <div className={cx('flex w-full items-start gap-1', out && 'flex-row-reverse')}>
          <div
            className={cx(
              'min-w-0 rounded-card px-3 py-2',
              note
                ? 'flex-1 border border-transparent bg-note shadow-[inset_3px_0_0_var(--note-bar)]'
                : out
                  ? 'bg-accent-soft'
                  : 'border border-line bg-surface',
              props.arrived && 'animate-[arrive_2s_var(--ease)]',
            )}
          >
            {note ? <p className="caps mb-0.5 !text-warning-text">{t('Internal note')}</p> : null}
            <Notices item={item} doubtful={props.doubtful} />
            <Body item={item} marks={marks} place={props.place} note={note} />
            <Attachments item={item} />
          </div>
          <div
            className={cx(
              'flex-none opacity-0 transition-opacity group-focus-within/message:opacity-100 group-hover/message:opacity-100 has-[[data-state=open]]:opacity-100 max-md:opacity-100 pointer-coarse:opacity-100',
              !first && 'self-center',
            )}
          >
            <Menu trigger={<IconButton icon={MoreHorizontal} label={t('What to do with this message')} small />}>
              <ActionItems actions={actions} />
            </Menu>
          </div>
        </div>
        {showReading && item.reading ? (
          <ReadingChips item={item} reading={item.reading} onMark={setMarks} open={NONE} />
        ) : null}
        <DeliveryLine item={item} />
      </div>
    </article>
  )
})

/** The customer, or the colleague whose address the message has. */
function Author({ item, name }: { readonly item: Msg; readonly name: string }) {
  if (item.direction === 'in') return <Avatar name={name} size="normal" />
  const agent = list(item.participants).find((p) => p.role === 'agent')
  return <Colleague id="" email={agent?.value} name={name} size="normal" />
}

interface BodyProps {
  readonly item: Msg
  readonly marks: readonly Span[]
  readonly place: Span | undefined
  readonly note: boolean
}

function Body({ item, marks, place, note }: BodyProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(!(item.automatic && item.text.length > 200))
  const [long, setLong] = useState(false)
  const [html, setHtml] = useState(false)
  const [images, setImages] = useState(false)
  const cut = item.text.length > LONG && !long && !place && list(item.turns).length === 0
  const shown = cut ? `${item.text.slice(0, LONG).trimEnd()}…` : item.text
  if (!open)
    return (
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="flex w-full min-w-0 items-center gap-1 text-left text-body text-muted hover:text-text"
      >
        <ChevronDown aria-hidden className="!size-3.5" />
        <span className="truncate">{item.text.replace(/\s+/g, ' ').slice(0, 120)}</span>
      </button>
    )
  return (
    <>
      {html ? (
        <HtmlView id={item.id} images={images} />
      ) : list(item.turns).length > 0 ? (
        <div data-words data-interaction={item.id}>
          <Suspense fallback={null}>
            <Talk item={item} marks={marks} place={place} />
          </Suspense>
        </div>
      ) : (
        <div
          data-words
          data-interaction={item.id}
          className={cx(
            'whitespace-pre-wrap [overflow-wrap:anywhere]',
            item.direction === 'in' ? 'text-msg' : 'text-read',
          )}
        >
          {note && !place ? (
            <Mentioned text={shown} />
          ) : (
            <Marked
              text={shown}
              spans={place && marks.length === 0 ? [place] : marks}
              offset={bodyOffset(item.subject)}
            />
          )}
        </div>
      )}
      {cut && !html ? (
        <Button look="link" size="small" className="!text-accent-hover" onClick={() => setLong(true)}>
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
        <p className="text-label text-muted">{t('Cut off here. The raw view has all of it.')}</p>
      ) : null}
      {item.has_html ? (
        <p className="mt-1 flex gap-3">
          <Button
            look="link"
            size="small"
            className="!h-6 !text-label !font-normal !text-accent-hover"
            onClick={() => setHtml(!html)}
          >
            {html ? t('Show as text') : t('Show as it was sent')}
          </Button>
          {html && !images ? (
            <Button
              look="link"
              size="small"
              className="!h-6 !text-label !font-normal !text-accent-hover"
              onClick={() => setImages(true)}
            >
              <ImageIcon aria-hidden className="!size-3.5" />
              {t('Show images')}
            </Button>
          ) : null}
        </p>
      ) : null}
    </>
  )
}

/** A note's text with its mentions set off. */
function Mentioned({ text }: { readonly text: string }) {
  const parts = text.split(/(@[\p{L}][\p{L}.'-]*(?: [\p{Lu}][\p{L}'-]+)?)/u)
  return parts.map((part, i) =>
    part.startsWith('@') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <span key={i} className="rounded bg-accent-soft px-1 font-medium text-accent-hover">
        {part}
      </span>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <span key={i}>{part}</span>
    ),
  )
}
