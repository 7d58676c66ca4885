import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeName } from '../../api/queries/account'
import { sessionQuery } from '../../api/queries/session'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { done } from '../../ui/undo'
import { Rest } from './inbox-form'
import { useProblems } from './problem'

/** One's name, as colleagues and customers read it. */
export function OwnName() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useSuspenseQuery(sessionQuery).data
  const problems = useProblems(['name'])
  const now = session.name ?? ''
  const [name, setName] = useState(now)
  const same = name.trim() === now
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (same) return
    if (!(await problems.run(() => changeName(client, name.trim())))) return
    setName(name.trim())
    done(t('Saved'), async () => {
      await changeName(client, now)
      setName(now)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex max-w-[440px] flex-col gap-3" noValidate>
      <Rest text={problems.rest} />
      <div className="flex items-start gap-2">
        <Field
          label={t('Name')}
          autoComplete="name"
          required
          maxLength={200}
          value={name}
          onChange={(e) => setName(e.target.value)}
          error={problems.at('name')}
          hint={t('Colleagues and customers see it. What you have written keeps the name it was written under.')}
          className="min-w-0 flex-1"
        />
        <Button type="submit" className="mt-5" disabled={same || problems.busy}>
          {t('Save')}
        </Button>
      </div>
      <p>
        <span className="block text-label font-medium">{t('Mail address')}</span>
        {session.email}
      </p>
    </form>
  )
}
