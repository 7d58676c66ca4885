import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { choosePacks, train } from '../../../api/queries/intents'
import { Button } from '../../../ui/button'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'
import { usePackWords } from './pack-words'

const BRANCHES = ['retail', 'banking', 'telecom', 'software', 'service'] as const

/** What the firm does, and with it the intents that it begins with. */
export function FirstPack() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems([])
  const words = usePackWords()
  const [branch, setBranch] = useState<string>()
  const [saved, setSaved] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!branch) return
    const good = await problems.run(async () => {
      await choosePacks(client, [...new Set(['service', branch])])
      await train(client)
    })
    setSaved(good)
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col items-start gap-4" noValidate>
      <Rest text={problems.rest} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-semibold">{t('What your firm does')}</legend>
        {BRANCHES.map((b) => (
          <label key={b} className="flex min-h-6 items-start gap-2">
            <input
              type="radio"
              name="branch"
              className="mt-1 size-4 flex-none accent-[var(--accent)]"
              checked={branch === b}
              onChange={() => {
                setBranch(b)
                setSaved(false)
              }}
            />
            <span>
              {b === 'service' ? t('Something else') : words(b).label}{' '}
              <span className="block text-label text-muted">{words(b).about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" look="primary" disabled={problems.busy || !branch}>
        {t('Use this pack')}
      </Button>
      {saved ? (
        <p role="status">
          {t('It is learned in the background, in a minute or two. The settings (Intents) show how.')}
        </p>
      ) : null}
    </form>
  )
}
