import { useTranslation } from 'react-i18next'
import { Button } from './button'
import { attempt, done } from './undo'

/** A text to take along, with its button. */
export function Copy({ text, label, said }: { readonly text: string; readonly label: string; readonly said: string }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-start gap-2">
      <code className="min-w-0 flex-1 basis-60 rounded-control bg-sunken px-3 py-2 font-mono text-label [overflow-wrap:anywhere] select-all">
        {text}
      </code>
      <Button
        onClick={() =>
          attempt(t('It could not be copied'), async () => {
            await navigator.clipboard.writeText(text)
            done(said)
          })
        }
      >
        {label}
      </Button>
    </div>
  )
}
