import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interaction, Span } from '../../api/types'
import { words } from '../../lib/spans'
import { percent } from '../../lib/words'
import { Meter } from '../../ui/meter'

interface EvidenceProps {
  readonly title: string
  readonly detail?: string
  readonly item: Interaction
  readonly spans: readonly Span[]
  /** 0 leaves the meter out: found by rule, not by chance. */
  readonly confidence: number
  /** What it comes from, as a sentence. */
  readonly origin: ReactNode
  /** A person said so: no words decided it. */
  readonly said?: boolean
  readonly children?: ReactNode
}

/** Why a label is there: how sure, because of which words, by which model. */
export function Evidence({ title, detail, item, spans, confidence, origin, said = false, children }: EvidenceProps) {
  const { t } = useTranslation()
  const full = item.subject ? `${item.subject}\n${item.text}` : item.text
  const because = words(full, spans)
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="font-semibold">{title}</p>
        {detail ? <p className="text-muted [overflow-wrap:anywhere]">{detail}</p> : null}
      </div>
      {confidence > 0 ? (
        <div className="flex items-center gap-2">
          <Meter value={confidence} label={t('Confidence')} className="flex-1" />
          <span className="text-label tabular-nums">{t('{{sure}} sure', { sure: percent(confidence) })}</span>
        </div>
      ) : null}
      {because.length > 0 ? (
        <div>
          <p className="caps mb-1">{t('Because of the words')}</p>
          <ul className="flex flex-wrap gap-1">
            {because.slice(0, 8).map((w) => (
              <li key={w}>
                <mark className="inline-block max-w-64 truncate px-1">{w}</mark>
              </li>
            ))}
          </ul>
        </div>
      ) : confidence > 0 && !said ? (
        <p className="text-label text-muted">{t('No single words decided it; the text as a whole did.')}</p>
      ) : null}
      {children}
      <p className="border-t border-line pt-2 text-meta text-muted">{origin}</p>
    </div>
  )
}
