import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setUp } from '../api/queries/session'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { NewPassword } from '../ui/new-password'
import { Door } from './door'
import { fragmentToken } from './fragment'
import { Rest } from './settings/inbox-form'
import { useProblems } from './settings/problem'

/** The first start: names the firm and makes its owner. */
export function SetupPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const problems = useProblems(['firm', 'name', 'email', 'password'])
  const [token] = useState(fragmentToken)
  const [form, setForm] = useState({ firm: '', name: '', email: '', password: '' })
  const set = (name: keyof typeof form) => (value: string) => setForm((old) => ({ ...old, [name]: value }))
  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (e: { target: { value: string } }) => set(name)(e.target.value),
    error: problems.at(name),
    required: true,
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      await setUp(client, { token, ...form })
      await router.invalidate()
      await navigate({ to: '/welcome', replace: true })
    })
  }
  if (token === '') {
    return (
      <Door title={t('The set-up link is incomplete')}>
        {t('Open the whole link that Rapport printed when it started, with what follows the # sign.')}{' '}
        {t('This command prints a new one:')} <code className="font-mono">rapport setup-url</code>
      </Door>
    )
  }
  return (
    <Door title={t('Set up Rapport')} subtitle={t('You become the owner. Everything can be changed later.')}>
      <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4">
        <Rest text={problems.rest} />
        <Field label={t('Firm')} name="organization" autoComplete="organization" autoFocus {...field('firm')} />
        <Field label={t('Your name')} name="name" autoComplete="name" {...field('name')} />
        <Field label={t('Mail address')} type="email" name="email" autoComplete="username" {...field('email')} />
        <NewPassword
          value={form.password}
          onChange={set('password')}
          error={problems.at('password')}
          near={[form.firm, form.name, form.email.split('@')[0] ?? '']}
        />
        <Button type="submit" look="primary" disabled={problems.busy}>
          {t('Set up')}
        </Button>
      </form>
    </Door>
  )
}
