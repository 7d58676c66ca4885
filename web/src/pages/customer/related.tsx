import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { relatedQuery } from '../../api/queries/review'
import { list } from '../../lib/list'

/** Who shares a telephone, a mailbox or a firm with the customer. They are other people. */
export function Related({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const related = list(useQuery(relatedQuery(customerId)).data?.items)
  if (related.length === 0) return null
  return (
    <section className="border-t border-line px-4 py-3">
      <h2 className="caps mb-2">{t('Household and firm')}</h2>
      <ul className="flex flex-col gap-2">
        {related.map((r) => (
          <li key={`${r.kind} ${r.value}`} className="text-body [overflow-wrap:anywhere]">
            <p className="text-label text-muted">
              {r.kind === 'domain'
                ? t('At {{value}}', { value: r.value })
                : r.kind === 'phone'
                  ? t('Share the phone {{value}}', { value: r.value })
                  : t('Share the address {{value}}', { value: r.value })}
            </p>
            <ul className="flex flex-wrap gap-x-3">
              {list(r.with).map((c) => (
                <li key={c.id}>
                  <Link
                    to="/customers/$id"
                    params={{ id: c.id }}
                    className="inline-flex min-h-6 items-center text-accent underline-offset-2 hover:underline"
                  >
                    {c.name}
                  </Link>
                </li>
              ))}
              {r.more ? <li className="text-muted">{t('and more')}</li> : null}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}
