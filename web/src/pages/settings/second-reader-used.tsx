import { useTranslation } from 'react-i18next'
import type { Part, Usage } from '../../api/queries/second'
import { currentLocale } from '../../lib/locale'
import { isSet } from '../../lib/time'
import { Meter } from '../../ui/meter'
import { When } from '../../ui/when'
import { useTrouble } from './second-reader-words'

/** What a part used of its budget this month, and what went wrong last. */
export function Used({ used, limits }: { readonly used: Usage; readonly limits: Part }) {
  const { t } = useTranslation()
  const trouble = useTrouble()
  const rows = [
    { label: t('Requests this month'), n: used.requests, of: limits.requests },
    used.part === 'transcription'
      ? { label: t('Minutes this month'), n: Math.ceil(used.units / 60), of: Math.round(limits.units / 60) }
      : { label: t('Tokens this month'), n: used.units, of: limits.units },
  ]
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        {rows.map((row) => (
          <Row key={row.label} {...row} />
        ))}
      </dl>
      {used.error ? (
        <p className="text-label text-danger-text">
          {isSet(used.failed_at) ? <When at={used.failed_at ?? ''} /> : null} {trouble(used.error, used.detail)}
        </p>
      ) : isSet(used.last_success) ? (
        <p className="text-label text-muted">
          {t('Last answer')} <When at={used.last_success ?? ''} />
        </p>
      ) : null}
    </div>
  )
}

function Row({ label, n, of }: { readonly label: string; readonly n: number; readonly of: number }) {
  const { t } = useTranslation()
  const number = (v: number) => new Intl.NumberFormat(currentLocale()).format(v)
  const share = of > 0 ? n / of : 0
  return (
    <div className="flex flex-col gap-1">
      <dt className="text-label text-muted">{label}</dt>
      <dd className="tabular-nums">
        {of > 0 ? t('{{n}} of {{limit}}', { n: number(n), limit: number(of) }) : number(n)}
      </dd>
      {of > 0 ? <Meter value={share} tone={share >= 1 ? 'danger' : share >= 0.8 ? 'warning' : 'accent'} /> : null}
    </div>
  )
}
