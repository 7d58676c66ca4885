import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interaction, Journey } from '../../../api/types'
import { list } from '../../../lib/list'
import { useNow } from '../../../lib/now'
import { shortDate } from '../../../lib/time'
import { sentence } from '../../../lib/words'
import { Button } from '../../../ui/button'

export interface Point {
  readonly at: string
  readonly mood: number
  readonly word: string
}

const MOODS: Readonly<Record<string, number>> = {
  joy: 1,
  surprise: 0.2,
  sadness: -0.6,
  fear: -0.5,
  disgust: -0.8,
  anger: -1,
}

/** How the customer felt each time they wrote: −1 angry … 1 glad. Oldest first. */
export function moods(items: readonly Interaction[]): readonly Point[] {
  return items
    .filter((i) => i.direction === 'in' && !i.automatic && i.reading)
    .map((i) => {
      const e = list(i.reading?.emotions)[0]
      return { at: i.occurred_at, mood: e ? (MOODS[e.name] ?? 0) : 0, word: e ? e.name : 'calm' }
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-12)
}

const W = 280
const H = 44

interface TrendProps {
  readonly items: readonly Interaction[]
  readonly journeys: readonly Journey[]
}

/** Whether it gets harder and how they take it, as a line and as a table. */
export function Trend({ items, journeys }: TrendProps) {
  const { t } = useTranslation()
  const now = useNow()
  const [table, setTable] = useState(false)
  const points = moods(items)
  const efforts = [...journeys].sort((a, b) => (a.opened_at < b.opened_at ? -1 : 1)).slice(-6)
  if (points.length < 2 && efforts.length === 0)
    return <p className="text-muted">{t('Not enough contacts yet to see a trend.')}</p>
  const x = (i: number) => 4 + (i * (W - 8)) / Math.max(1, points.length - 1)
  const y = (m: number) => H / 2 - m * (H / 2 - 6)
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(p.mood).toFixed(1)}`).join(' ')
  const last = points[points.length - 1]
  const most = Math.max(1, ...efforts.map((j) => j.effort))
  return (
    <div className="flex flex-col gap-3">
      {table ? (
        <table className="w-full text-label tabular-nums">
          <caption className="sr-only">{t('How they felt and what it cost them')}</caption>
          <tbody>
            {points.map((p) => (
              <tr key={p.at} className="border-b border-line">
                <th scope="row" className="py-0.5 text-left font-normal text-muted">
                  {shortDate(p.at, now)}
                </th>
                <td className="text-right">{t(sentence(p.word))}</td>
              </tr>
            ))}
            {efforts.map((j) => (
              <tr key={j.id} className="border-b border-line">
                <th scope="row" className="max-w-40 truncate py-0.5 text-left font-normal text-muted">
                  {j.intent_label || j.title}
                </th>
                <td className="text-right">{t('Effort {{score}}', { score: Math.round(j.effort) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <>
          {points.length >= 2 ? (
            <figure className="m-0">
              <svg
                role="img"
                aria-label={t('How they felt each time: last {{word}}', { word: t(last?.word ?? '') })}
                viewBox={`0 0 ${W} ${H}`}
                className="h-11 w-full"
              >
                <line x1="0" x2={W} y1={H / 2} y2={H / 2} stroke="var(--line)" strokeDasharray="2 3" />
                <path d={line} fill="none" stroke="var(--control)" strokeWidth="1.5" strokeLinejoin="round" />
                {points.map((p, i) => (
                  <circle
                    key={p.at}
                    cx={x(i)}
                    cy={y(p.mood)}
                    r="3"
                    fill={p.mood < -0.3 ? 'var(--danger)' : p.mood > 0.3 ? 'var(--success)' : 'var(--surface)'}
                    stroke={p.mood < -0.3 ? 'var(--danger)' : p.mood > 0.3 ? 'var(--success)' : 'var(--control)'}
                  />
                ))}
              </svg>
              <figcaption className="flex justify-between text-meta text-muted">
                <span>{shortDate(points[0]?.at ?? '', now)}</span>
                <span>{t('last: {{word}}', { word: t(last?.word ?? '') })}</span>
              </figcaption>
            </figure>
          ) : null}
          {efforts.length > 0 ? (
            <div>
              <p className="mb-1 text-meta text-muted">{t('Effort per issue')}</p>
              <div
                role="img"
                aria-label={t('Effort per issue: last {{score}} of 100', {
                  score: Math.round(efforts[efforts.length - 1]?.effort ?? 0),
                })}
                className="flex h-8 items-end gap-1"
              >
                {efforts.map((j) => (
                  <span
                    key={j.id}
                    title={`${j.intent_label || j.title}: ${Math.round(j.effort)}`}
                    className="flex max-w-12 flex-1 flex-col items-center justify-end gap-0.5"
                  >
                    <span className="text-meta leading-3 text-muted tabular-nums">{Math.round(j.effort)}</span>
                    <span
                      className="w-full rounded-t-[2px]"
                      style={{
                        height: `${Math.max(2, (j.effort / most) * 18)}px`,
                        background:
                          j.effort >= 60 ? 'var(--danger)' : j.effort >= 30 ? 'var(--warning)' : 'var(--control)',
                      }}
                    />
                  </span>
                ))}
              </div>
            </div>
          ) : null}
        </>
      )}
      <Button look="link" size="small" className="!text-label !font-normal self-start" onClick={() => setTable(!table)}>
        {table ? t('As a chart') : t('As a table')}
      </Button>
    </div>
  )
}
