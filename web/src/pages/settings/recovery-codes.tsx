import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button'
import { attempt, done } from '../../ui/undo'

/** Shown once: who loses the phone and these needs an administrator. */
export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const [kept, setKept] = useState(false)
  const text = codes.join('\n')
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/plain' }))
    link.download = 'rapport-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="font-medium">
        {t('Two-step sign-in is on. Keep these recovery codes.')}
      </p>
      <p className="text-muted">
        {t('Each signs you in once when you have no phone at hand. They are shown only now.')}
      </p>
      <ul
        aria-label={t('Recovery codes')}
        className="grid gap-x-6 gap-y-1 rounded-control bg-sunken px-4 py-3 font-mono sm:grid-cols-2"
      >
        {codes.map((c) => (
          <li key={c} className="select-all">
            {c}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button
          onClick={() =>
            attempt(t('It could not be copied'), async () => {
              await navigator.clipboard.writeText(text)
              done(t('Recovery codes copied'))
            })
          }
        >
          {t('Copy')}
        </Button>
        <Button onClick={save}>{t('Save as a file')}</Button>
      </div>
      <label className="flex min-h-6 items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-[var(--accent)]"
          checked={kept}
          onChange={(e) => setKept(e.target.checked)}
        />
        {t('I have put them where I find them again')}
      </label>
      <Button look="primary" className="self-start" disabled={!kept} onClick={onDone}>
        {t('Done')}
      </Button>
    </div>
  )
}
