import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interaction, Span, Turn } from '../../api/types'
import { list } from '../../lib/list'
import { noteAbove, offsetTime, turnText } from '../../lib/talk'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { Marked } from './contact-body'

/** Longer talks are cut for reading and open on demand. */
const LONG = 16

interface TalkProps {
  readonly item: Interaction
  readonly marks: readonly Span[]
  /** A sentence that somebody wants to see: nothing is cut before it. */
  readonly place: Span | undefined
}

/** A call or a meeting by its transcript: who said what, and when. */
export function Talk({ item, marks, place }: TalkProps) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const turns = list(item.turns)
  const texts = useMemo(() => turns.map((turn) => turnText(item, turn)), [item, turns])
  const note = useMemo(() => noteAbove(item), [item])
  const spans = place && marks.length === 0 ? [place] : marks
  const cut = turns.length > LONG && !all && !place
  return (
    <div className="flex flex-col gap-2">
      {note ? <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</p> : null}
      <ol aria-label={t('Transcript')} className="flex flex-col gap-1.5">
        {(cut ? turns.slice(0, LONG) : turns).map((turn, n) => (
          <li key={turn.span.from} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
            <span className="min-w-9 text-right text-label leading-6 text-muted tabular-nums">
              {offsetTime(turn.start_ms)}
            </span>
            <div className="min-w-0">
              {turn.speaker !== turns[n - 1]?.speaker || n === 0 ? <Speaker turn={turn} /> : null}
              <p className="text-read [overflow-wrap:anywhere]">
                <Marked text={texts[n] ?? ''} spans={spans} offset={turn.span.from} />
              </p>
            </div>
          </li>
        ))}
      </ol>
      {cut ? (
        <Button look="link" size="small" className="self-start !text-accent-hover" onClick={() => setAll(true)}>
          {t('Show all of it')}
        </Button>
      ) : null}
    </div>
  )
}

function Speaker({ turn }: { readonly turn: Turn }) {
  const { t } = useTranslation()
  const side = turn.side === 'customer' ? t('Customer') : turn.side === 'agent' ? t('Colleague') : ''
  return (
    <p className="flex flex-wrap items-baseline gap-x-1.5 text-label leading-6">
      <span className={cx('font-semibold', turn.side === 'agent' ? 'text-accent-hover' : 'text-text')}>
        {turn.speaker || t('Unknown speaker')}
      </span>
      {turn.speaker ? <span className="text-muted">{side || t('side not known')}</span> : null}
    </p>
  )
}
