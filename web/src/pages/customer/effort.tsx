import { useTranslation } from 'react-i18next'
import type { Journey } from '../../api/types'
import { list } from '../../lib/list'
import { perLocale } from '../../lib/locale'
import { effortPartLabel } from '../../lib/words'
import { Meter } from '../../ui/meter'
import { Popover } from '../../ui/popover'

const tone = (effort: number): 'muted' | 'warning' | 'danger' =>
  effort >= 60 ? 'danger' : effort >= 30 ? 'warning' : 'muted'

const count = perLocale((l) => new Intl.NumberFormat(l, { maximumFractionDigits: 1 }))

/** How hard it was for the customer, and what made it so. */
export function Effort({ journey }: { readonly journey: Journey }) {
  const { t } = useTranslation()
  const parts = list(journey.effort_parts)
  const score = Math.round(journey.effort)
  return (
    <Popover
      label={t('Customer effort')}
      align="end"
      trigger={
        <button
          type="button"
          className="inline-flex h-7 items-center gap-2 rounded-control px-2 text-label text-muted hover:bg-sunken data-[state=open]:bg-sunken"
        >
          <span>{t('Effort')}</span>
          <Meter value={journey.effort / 100} tone={tone(score)} className="w-12" />
          <span className="min-w-4 text-right font-medium text-text tabular-nums">{score}</span>
          <span className="sr-only">{t('of 100, why?')}</span>
        </button>
      }
    >
      <p className="font-semibold">{t('Customer effort {{score}} of 100', { score })}</p>
      <p className="mt-1 text-label text-muted">{t('How much this has asked of the customer so far.')}</p>
      {parts.length > 0 ? (
        <table className="mt-3 w-full tabular-nums">
          <thead>
            <tr className="caps">
              <th className="text-left font-medium">{t('What')}</th>
              <th className="w-14 text-right font-medium">{t('Times')}</th>
              <th className="w-14 text-right font-medium">{t('Points')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((p) => (
              <tr key={p.name} className="border-t border-line">
                <td className="py-1">{t(effortPartLabel(p.name, p.label))}</td>
                <td className="text-right text-muted">{count().format(p.count)}</td>
                <td className="text-right">{count().format(p.points)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="mt-3">{t('Nothing has made it hard: one contact, one channel.')}</p>
      )}
    </Popover>
  )
}
