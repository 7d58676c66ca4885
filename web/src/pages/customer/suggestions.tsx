import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { dismissSuggestion, neverLink } from '../../api/queries/customers'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { attempt, done } from '../../ui/undo'
import { useCustomerView } from './view'

/** Possible merges that need a person to decide. */
export function Suggestions({ onMerge }: { readonly onMerge: (customerId: string) => void }) {
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
            <Button size="small" onClick={() => onMerge(s.customer_id)} aria-label={`Compare… ${s.customer_name}`}>
              Compare…
            </Button>
            <Button
              size="small"
              look="ghost"
              aria-label={`Somebody else: never link ${s.customer_name}`}
              onClick={() =>
                attempt('It was not stored', async () => {
                  await neverLink(client, customer.id, s.customer_id)
                  done(`${s.customer_name} and ${customer.name} stay apart for good`)
                })
              }
            >
              Somebody else
            </Button>
            <Button
              size="small"
              look="ghost"
              aria-label={`Dismiss the suggestion about ${s.customer_name}`}
              onClick={() => attempt('It was not dismissed', () => dismissSuggestion(client, customer.id, s.id))}
            >
              Dismiss
            </Button>
          </div>
        </li>
      ))}
    </ul>
  )
}
