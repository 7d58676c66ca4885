import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { dismissSuggestion, neverLink } from '../../api/queries/customers'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { attempt, done } from '../../ui/undo'
import { useCustomerView } from './view'

/** Possible merges that need a person to decide. */
export function Suggestions({ onMerge }: { readonly onMerge: (customerId: string) => void }) {
  const { t } = useTranslation()
  const { customer } = useCustomerView()
  const client = useQueryClient()
  return (
    <ul className="flex flex-col gap-4">
      {list(customer.suggestions).map((s) => (
        <li key={s.id} className="flex flex-col gap-1.5">
          <Link
            to="/customers/$id"
            params={{ id: s.customer_id }}
            className="font-medium text-accent underline-offset-2 hover:underline"
          >
            {s.customer_name}
          </Link>
          <p className="text-body text-muted">{s.reason}</p>
          <div className="flex flex-wrap gap-1">
            <Button
              size="small"
              onClick={() => onMerge(s.customer_id)}
              aria-label={t('Compare with {{name}}…', { name: s.customer_name })}
            >
              {t('Compare…')}
            </Button>
            <Button
              size="small"
              look="ghost"
              aria-label={t('Somebody else: never link {{name}}', { name: s.customer_name })}
              onClick={() =>
                attempt(t('It was not stored'), async () => {
                  await neverLink(client, customer.id, s.customer_id)
                  done(t('{{a}} and {{b}} stay apart for good', { a: s.customer_name, b: customer.name }))
                })
              }
            >
              {t('Somebody else')}
            </Button>
            <Button
              size="small"
              look="ghost"
              aria-label={t('Dismiss the suggestion about {{name}}', { name: s.customer_name })}
              onClick={() => attempt(t('It was not dismissed'), () => dismissSuggestion(client, customer.id, s.id))}
            >
              {t('Dismiss')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  )
}
