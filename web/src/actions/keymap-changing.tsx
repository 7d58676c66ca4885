import { Pencil, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../lib/store'
import { Button, IconButton } from '../ui/button'
import { Field } from '../ui/field'
import { Keys } from '../ui/keys'
import { done } from '../ui/undo'
import { ACTION_WORDS, PLACE_WORDS } from './action-words'
import { type ActionId, type Keymap, keymap, keysOf, USUAL_KEYS } from './keymap'
import { caps } from './keys'
import { Recorder } from './recorder'
import { assign, CHOOSABLE, isChanged, type Place, placeOf, takenBy } from './remap'

const PLACES: readonly Place[] = ['everywhere', 'inbox', 'list', 'customer', 'review', 'check']
const spoken = (keys: string) =>
  caps(keys)
    .map((press) => press.join('+'))
    .join(' ')

/** Keys that somebody chose although another action has them. */
interface Asked {
  readonly id: ActionId
  readonly keys: string
  readonly others: readonly ActionId[]
}

/** Every action whose keys can be chosen, by where it can be done. */
export function KeymapChanging() {
  const { t } = useTranslation()
  const changed = useStore(keymap)
  const [text, setText] = useState('')
  const [recording, setRecording] = useState<ActionId>()
  const [asked, setAsked] = useState<Asked>()
  const [said, setSaid] = useState('')
  const words = (id: ActionId) => t(ACTION_WORDS[id])

  const give = (id: ActionId, keys: string) => {
    const before = keymap.get()
    keymap.set(assign(before, id, keys))
    setAsked(undefined)
    setSaid(
      keys === ''
        ? t('“{{what}}” has no keys now', { what: words(id) })
        : t('“{{what}}” has {{keys}} now', { what: words(id), keys: spoken(keys) }),
    )
  }
  const want = (id: ActionId, keys: string) => {
    setRecording(undefined)
    setSaid('')
    const others = takenBy(keymap.get(), id, keys)
    if (others.length > 0) setAsked({ id, keys, others })
    else give(id, keys)
    // The button that began it is drawn again.
    setTimeout(() => document.getElementById(`keys-of-${id}`)?.focus())
  }
  const resetAll = () => {
    const before: Keymap = keymap.get()
    keymap.set({})
    setAsked(undefined)
    done(t('All keys are as usual'), async () => keymap.set(before))
  }
  const typed = text.trim().toLowerCase()
  const shown = CHOOSABLE.filter(
    (id) => words(id).toLowerCase().includes(typed) || spoken(keysOf(id, changed)).toLowerCase() === typed,
  )
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Field
          label={t('Find an action or a key')}
          type="search"
          value={text}
          onChange={(e) => setText(e.target.value)}
          className="min-w-0 flex-1 basis-56"
        />
        <Button onClick={resetAll} disabled={Object.keys(changed).length === 0}>
          {t('Reset all')}
        </Button>
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
      {shown.length === 0 ? <p className="py-4 text-muted">{t('Nothing by that name.')}</p> : null}
      {PLACES.map((place) => {
        const own = shown.filter((id) => placeOf(id) === place)
        if (own.length === 0) return null
        return (
          <section key={place} aria-label={t(PLACE_WORDS[place])}>
            <h3 className="caps mb-1">{t(PLACE_WORDS[place])}</h3>
            <ul>
              {own.map((id) => (
                <li key={id} className="border-b border-line py-1">
                  <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1">
                    <span className="min-w-0 flex-1 basis-40">
                      {words(id)}
                      {isChanged(changed, id) ? (
                        <span className="ml-2 text-label text-muted">{t('changed')}</span>
                      ) : null}
                    </span>
                    {recording === id ? (
                      <Recorder
                        label={words(id)}
                        onKeys={(keys) => want(id, keys)}
                        onCancel={() => setRecording(undefined)}
                      />
                    ) : (
                      <>
                        <IconButton
                          icon={RotateCcw}
                          label={t('Reset the keys of: {{what}}', { what: words(id) })}
                          disabled={!isChanged(changed, id)}
                          className="disabled:invisible"
                          onClick={() => want(id, USUAL_KEYS[id])}
                        />
                        <All keys={keysOf(id, changed)} />
                        <IconButton
                          id={`keys-of-${id}`}
                          icon={Pencil}
                          label={t('Change the keys of: {{what}}', { what: words(id) })}
                          onClick={() => {
                            setAsked(undefined)
                            setRecording(id)
                          }}
                        />
                      </>
                    )}
                  </div>
                  {asked?.id === id ? (
                    <div role="alert" className="mb-2 rounded-control bg-warning-soft px-3 py-2 text-warning-text">
                      <p>
                        {t('{{keys}} is already used: {{others}}.', {
                          keys: spoken(asked.keys),
                          others: asked.others.map((o) => `${words(o)} (${spoken(keysOf(o, changed))})`).join(', '),
                        })}
                      </p>
                      <div className="mt-2 flex flex-wrap gap-2">
                        <Button size="small" onClick={() => give(id, asked.keys)}>
                          {t('Take it from there')}
                        </Button>
                        <Button
                          size="small"
                          onClick={() => {
                            setAsked(undefined)
                            setRecording(id)
                          }}
                        >
                          {t('Choose other keys')}
                        </Button>
                        <Button size="small" look="ghost" onClick={() => setAsked(undefined)}>
                          {t('Leave it as it was')}
                        </Button>
                      </div>
                    </div>
                  ) : null}
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

/** All alternatives, the usual one first. */
function All({ keys }: { readonly keys: string }) {
  const { t } = useTranslation()
  if (keys === '') return <span className="text-label text-muted">{t('no keys')}</span>
  return (
    <span className="inline-flex items-center gap-2">
      {keys.split(' / ').map((one) => (
        <Keys key={one} keys={one} />
      ))}
    </span>
  )
}
