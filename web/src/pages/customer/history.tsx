import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
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
  const { t } = useTranslation()
  const { customer } = useCustomerView()
  const merges = list(customer.merges)
  const never = list(customer.never_link)
  return (
    <>
      {merges.length > 0 ? (
        <Part title={t('Joined from')}>
          <ul className="flex flex-col gap-3">
            {merges.map((m) => (
              <Entry key={m.id} merge={m} customerId={customer.id} />
            ))}
          </ul>
        </Part>
      ) : null}
      {never.length > 0 ? (
        <Part title={t('Never linked with')}>
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
  const { t } = useTranslation()
  const client = useQueryClient()
  const undone = isSet(m.undone_at)
  const undo = () =>
    attempt(t('The merge could not be undone'), async () => {
      await undoMerge(client, m.id, customerId)
      done(t('{{name}} is a customer of their own again', { name: m.from_name }), () =>
        merge(client, m.into, m.from, 'The undo was taken back'),
      )
    })
  return (
    <li className="flex flex-col gap-0.5">
      <div className="flex items-start justify-between gap-2">
        <p className={cx('font-medium', undone && 'text-muted line-through')}>{m.from_name}</p>
        {undone ? (
          <span className="text-label text-muted">{t('undone')}</span>
        ) : (
          <Button
            size="small"
            look="ghost"
            onClick={undo}
            aria-label={t('Undo the merge with {{name}}', { name: m.from_name })}
            className="-my-1"
          >
            {t('Undo')}
          </Button>
        )}
      </div>
      <p className="text-muted">{m.reason}</p>
      <p className="text-label text-muted">
        {m.rule === 'person' ? m.by : t('Automatic')}, <When at={m.at} />
        {isSet(m.undone_at) ? (
          <>
            ; {t('undone by {{who}}', { who: m.undone_by || t('somebody') })}, <When at={m.undone_at} />
          </>
        ) : null}
      </p>
    </li>
  )
}
