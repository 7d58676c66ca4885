import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { By, Part, SurveyKind } from '../../api/queries/satisfaction'
import { useNow } from '../../lib/now'
import { count, figure, percent, position } from '../../lib/survey'
import { shortDate } from '../../lib/time'
import { typedMoment } from '../../lib/zone'

interface BreakdownProps {
  readonly kind: SurveyKind
  readonly by: By
  readonly parts: readonly Part[]
  readonly chooser: ReactNode
}

/** The same figure for each inbox, team, person or span of time. */
export function Breakdown({ kind, by, parts, chooser }: BreakdownProps) {
  const { t } = useTranslation()
  const now = useNow()
  const name = (p: Part): string => {
    if (by === 'week' || by === 'month')
      return p.from ? shortDate(new Date(typedMoment(p.from)).toISOString(), now) : ''
    if (p.name) return p.name
    return by === 'agent' ? t('Nobody had it') : by === 'team' ? t('No team') : t('No inbox')
  }
  const first = { inbox: t('Inbox'), team: t('Team'), agent: t('Person'), week: t('Week from'), month: t('Month from') }
  return (
    <section aria-label={t('Broken down')} className="border-b border-line py-6">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-read font-semibold">{t('Broken down')}</h2>
        {chooser}
      </div>
      {parts.length === 0 ? (
        <p className="text-muted">{t('There is nothing here that you may see.')}</p>
      ) : (
        <table className="w-full border-collapse text-body">
          <thead>
            <tr className="border-b border-line text-left text-label text-muted">
              <th scope="col" className="py-2 pr-3 font-medium">
                {first[by]}
              </th>
              <th scope="col" className="px-3 py-2 text-right font-medium">
                {kind.toUpperCase()}
              </th>
              <th scope="col" className="w-[34%] px-3 py-2 font-medium max-md:hidden">
                {t('95 % interval')}
              </th>
              <th scope="col" className="px-3 py-2 text-right font-medium">
                {t('Answers')}
              </th>
              <th scope="col" className="py-2 pl-3 text-right font-medium max-md:hidden">
                {t('Of those asked')}
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((p) => (
              <tr key={`${p.id} ${p.from ?? ''}`} className="border-b border-line">
                <th scope="row" className="py-2 pr-3 text-left font-medium [overflow-wrap:anywhere]">
                  {name(p)}
                </th>
                <td className="px-3 py-2 text-right text-read font-medium tabular-nums">
                  {p.answered > 0 ? figure(kind, p.value) : '–'}
                </td>
                <td className="px-3 py-2 max-md:hidden">{p.answered > 0 ? <Interval kind={kind} part={p} /> : null}</td>
                <td className="px-3 py-2 text-right tabular-nums">
                  {count(p.answered)}
                  {p.few && p.answered > 0 ? <span className="text-muted"> {t('(few)')}</span> : null}
                </td>
                <td className="py-2 pl-3 text-right tabular-nums max-md:hidden">{percent(p.response_rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** An interval on its scale, with its ends in words: bars that overlap say "perhaps the same". */
function Interval({ kind, part }: { readonly kind: SurveyKind; readonly part: Part }) {
  const { t } = useTranslation()
  const at = (v: number) => `${100 * position(kind, v)}%`
  return (
    <span className="flex items-center gap-3">
      <span aria-hidden className="relative h-2.5 min-w-16 flex-1 rounded-full bg-sunken">
        <span
          className="absolute inset-y-0.5 rounded-full bg-accent opacity-40"
          style={{ left: at(part.lower), right: `${100 - 100 * position(kind, part.upper)}%` }}
        />
        <span
          className="absolute top-0 h-2.5 w-1 -translate-x-1/2 rounded-full bg-accent"
          style={{ left: at(part.value) }}
        />
      </span>
      <span className="w-28 text-label whitespace-nowrap text-muted tabular-nums">
        {t('{{from}} to {{to}}', { from: figure(kind, part.lower), to: figure(kind, part.upper) })}
      </span>
    </span>
  )
}
