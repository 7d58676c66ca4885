import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { merge, undoMerge } from '../../api/queries/customers'
import type { Merge } from '../../api/types'
import { list } from '../../lib/list'
import { isSet } from '../../lib/time'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { Part } from './panel'
import { useCustomerView } from './view'

/** How this customer came together, and the way back. */
export function History() {
  const { customer } = useCustomerView()
  const merges = list(customer.merges)
  const never = list(customer.never_link)
  return (
    <>
      {merges.length > 0 ? (
        <Part title="Joined from">
          <ul className="flex flex-col gap-3">
            {merges.map((m) => (
              <Entry key={m.id} merge={m} customerId={customer.id} />
            ))}
          </ul>
        </Part>
      ) : null}
      {never.length > 0 ? (
        <Part title="Never linked with">
          <ul className="flex flex-col gap-1">
            {never.map((c) => (
              <li key={c.id}>
                <Link
                  to="/customers/$id"
                  params={{ id: c.id }}
                  className="text-accent underline-offset-2 hover:underline"
                >
                  {c.name}
                </Link>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
    </>
  )
}

function Entry({ merge: m, customerId }: { readonly merge: Merge; readonly customerId: string }) {
  const client = useQueryClient()
  const undone = isSet(m.undone_at)
  const undo = () =>
    attempt('The merge could not be undone', async () => {
      await undoMerge(client, m.id, customerId)
      done(`${m.from_name} is a customer of their own again`, () =>
        merge(client, m.into, m.from, 'The undo was taken back'),
      )
    })
  return (
    <li className="flex flex-col gap-0.5">
      <div className="flex items-start justify-between gap-2">
        <p className={cx('font-medium', undone && 'text-muted line-through')}>{m.from_name}</p>
        {undone ? (
          <span className="text-label text-muted">undone</span>
        ) : (
          <Button
            size="small"
            look="ghost"
            onClick={undo}
            aria-label={`Undo the merge with ${m.from_name}`}
            className="-my-1"
          >
            Undo
          </Button>
        )}
      </div>
      <p className="text-muted">{m.reason}</p>
      <p className="text-label text-muted">
        {m.rule === 'person' ? m.by : 'Automatic'}, <When at={m.at} />
        {isSet(m.undone_at) ? (
          <>
            ; undone by {m.undone_by || 'somebody'}, <When at={m.undone_at} />
          </>
        ) : null}
      </p>
    </li>
  )
}
