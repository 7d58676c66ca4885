import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Channel, JourneyPaths, JourneyState, PathNode } from '../api/types'
import { list } from '../lib/list'
import { outline, sankey, together } from '../lib/sankey'
import { channelLabel, channelNames, stateLabel } from '../lib/words'
import { cx } from '../ui/cx'

const WIDTH = 1080
const HEIGHT = 380
const BAR = 12
const SIDE = 190

const HUES: Readonly<Record<string, string>> = {
  mail: 'var(--hue-1)',
  phone: 'var(--hue-2)',
  in_person: 'var(--hue-2)',
  chat: 'var(--hue-3)',
  social: 'var(--hue-4)',
  community: 'var(--hue-4)',
  web: 'var(--hue-5)',
  review: 'var(--hue-5)',
  text: 'var(--hue-6)',
  messenger: 'var(--hue-6)',
  resolved: 'var(--success)',
  waiting_for_us: 'var(--warning)',
  abandoned: 'var(--danger)',
}

interface Way {
  readonly leave: string
  readonly reach: string
}

interface Props {
  readonly paths: JourneyPaths
  readonly chosen: Way | undefined
  readonly onChoose: (way: Way) => void
}

/** The drawing for eyes, and the same as a table for everybody: its buttons open the rows. */
export function PathDrawing({ paths, chosen, onChoose }: Props) {
  const { t } = useTranslation()
  const title = useId()
  const shown = useMemo(() => together(list(paths.nodes), list(paths.edges)), [paths])
  const drawing = useMemo(() => sankey(shown.nodes, shown.edges, WIDTH - SIDE, HEIGHT, 14, BAR), [shown])
  const name = (n: PathNode): string => {
    if (n.name === 'more') return t('More contacts')
    if (n.name === 'other') return t('Others')
    return channelNames.includes(n.name as Channel)
      ? t(channelLabel(n.name as Channel))
      : t(stateLabel(n.name as JourneyState))
  }
  const of = (id: string) => shown.nodes.find((n) => n.id === id)
  const total = paths.journeys
  const percent = (n: number) => `${Math.round((100 * n) / Math.max(1, total))} %`
  return (
    <section aria-labelledby={title} className="px-6 py-4 max-md:px-4">
      <h2 id={title} className="text-title font-semibold">
        {t('From the first contact to the end')}
      </h2>
      <p className="mb-3 text-body text-muted">
        {t('{{n}} journeys; choose a ribbon to see them', { n: total })}
        {paths.truncated ? ` · ${t('There are more; choose a shorter time')}` : ''}
      </p>
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t('From the first contact to the end')}>
        <svg viewBox={`0 -4 ${WIDTH} ${HEIGHT + 20}`} className="w-full min-w-[44rem]" role="presentation">
          {drawing.ribbons.map((r) => {
            const on = chosen?.leave === r.edge.from && chosen.reach === r.edge.to
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: for eyes and mice alone; the table below has a button for each ribbon
              <path
                key={`${r.edge.from} ${r.edge.to}`}
                d={outline(r, BAR)}
                fill={HUES[r.from.node.name] ?? 'var(--muted)'}
                opacity={on ? 0.7 : 0.25}
                className="cursor-pointer transition-opacity duration-[120ms] hover:opacity-50"
                onClick={() => onChoose({ leave: r.edge.from, reach: r.edge.to })}
              >
                <title>{`${name(r.from.node)} → ${name(r.to.node)}: ${r.edge.n} (${percent(r.edge.n)})`}</title>
              </path>
            )
          })}
          {drawing.blocks.map((b) => (
            <g key={b.node.id} className="pointer-events-none">
              <rect x={b.x} y={b.y} width={BAR} height={b.height} rx={2} fill={HUES[b.node.name] ?? 'var(--muted)'} />
              {b.height >= 11 || b.node.step === 0 ? (
                <text
                  x={b.x + BAR + 6}
                  y={b.y + Math.min(Math.max(b.height / 2, 6), 40)}
                  dominantBaseline="middle"
                  fill="var(--text)"
                  fontSize={13}
                >
                  {name(b.node)} <tspan fill="var(--muted)">{percent(b.node.n)}</tspan>
                </text>
              ) : null}
            </g>
          ))}
        </svg>
      </div>
      <details className="mt-3">
        <summary className="cursor-pointer text-body font-medium">{t('The same as a table')}</summary>
        <table className="mt-2 w-full max-w-3xl text-body">
          <thead className="text-left text-label text-muted">
            <tr className="[&>th]:px-2 [&>th]:py-1 [&>th]:font-medium">
              <th scope="col">{t('Contact')}</th>
              <th scope="col">{t('From')}</th>
              <th scope="col">{t('To')}</th>
              <th scope="col" className="text-right">
                {t('Journeys')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.edges.map((e) => {
              const from = of(e.from)
              const to = of(e.to)
              if (!from || !to) return null
              const on = chosen?.leave === e.from && chosen.reach === e.to
              return (
                <tr
                  key={`${e.from} ${e.to}`}
                  className={cx('border-t border-line [&>td]:px-2 [&>td]:py-1', on && 'bg-accent-soft')}
                >
                  <td className="tabular-nums">{from.step + 1}</td>
                  <td>{name(from)}</td>
                  <td>{name(to)}</td>
                  <td className="text-right tabular-nums">
                    <button
                      type="button"
                      aria-pressed={on}
                      aria-label={t('Show the {{n}} journeys from {{from}} to {{to}}', {
                        n: e.n,
                        from: name(from),
                        to: name(to),
                      })}
                      onClick={() => onChoose({ leave: e.from, reach: e.to })}
                      className="min-h-8 rounded-control px-2 text-accent underline-offset-2 hover:underline"
                    >
                      {e.n}
                    </button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </details>
    </section>
  )
}
