// The panel's view: elements, kept in step with what render says. A library for
// this would be a third of all that a visitor loads; the panel needs elements with
// keys, attributes, handlers and refs, and no more.

/** A place that holds its element once it is drawn. */
export interface Ref<T> {
  current?: T
}
export const ref = <T>(): Ref<T> => ({})

interface Node_ {
  readonly tag: string // of text: ''
  readonly props: Readonly<Record<string, unknown>>
  readonly key: unknown
  readonly kids: readonly Node_[]
  dom?: ChildNode
}
type Child = Node_ | string | number | null | undefined | readonly Child[]

const text = (value: string, key: unknown): Node_ => ({ tag: '', props: { data: value }, key, kids: [] })

// A child that is nothing keeps its place as an empty text, so that what stands
// behind it is still the same element.
function kids(list: readonly Child[]): Node_[] {
  return list.flatMap((child, i) =>
    Array.isArray(child)
      ? (child as Child[]).flatMap((c) => kids([c]))
      : child && typeof child === 'object'
        ? [(child as Node_).key === undefined ? { ...(child as Node_), key: i } : (child as Node_)]
        : [text(`${child ?? ''}`, i)],
  )
}

type Given = Readonly<Record<string, unknown>> & { readonly children?: unknown }

export function jsxs(tag: string, { children, ...props }: Given, key?: unknown): Node_ {
  return { tag, props, key, kids: kids((children ?? []) as readonly Child[]) }
}
export const jsx = (tag: string, props: Given, key?: unknown): Node_ =>
  jsxs(tag, { ...props, children: [props.children] }, key)

function make(v: Node_, svg: boolean): ChildNode {
  if (!v.tag) return document.createTextNode('')
  return svg ? document.createElementNS('http://www.w3.org/2000/svg', v.tag) : document.createElement(v.tag)
}

function draw(v: Node_, was: Node_ | undefined, svg: boolean): ChildNode {
  const inside = svg || v.tag === 'svg'
  const dom = was?.dom ?? make(v, inside)
  v.dom = dom
  const at = dom as unknown as Record<string, unknown>
  for (const name in { ...was?.props, ...v.props }) {
    const value = v.props[name]
    if (name === 'ref') (value as Ref<unknown>).current = dom
    else if (/^on|^data$|^value$|^disabled$/.test(name)) {
      // What a person types is not set again, since that moves the caret.
      if (at[name] !== value) at[name] = value ?? null
    } else if (value === was?.props[name]) continue
    else if (value === undefined || value === null || value === false) (dom as Element).removeAttribute(name)
    else (dom as Element).setAttribute(name, value === true ? '' : String(value))
  }
  if (v.tag) fill(dom as Element, v.kids, was?.kids ?? [], inside)
  return dom
}

function fill(parent: Element, next: readonly Node_[], old: readonly Node_[], svg = false) {
  const same = (v: Node_) => (o: Node_) => o.key === v.key && o.tag === v.tag
  const gone = new Set(old)
  const pairs = next.map((v) => {
    const was = old.find((o) => gone.has(o) && same(v)(o))
    if (was) gone.delete(was)
    return [v, was] as const
  })
  // First what goes, so that what stays is not moved: an element that moves loses the focus.
  for (const o of gone) o.dom?.remove()
  let at = parent.firstChild
  for (const [v, was] of pairs) {
    const dom = draw(v, was, svg)
    if (dom === at) at = at.nextSibling
    else parent.insertBefore(dom, at)
  }
}

/** A part of a page with a state. It is drawn again, once, after whatever changed the state in a turn. */
export abstract class View<S extends object> {
  private drawn: readonly Node_[] = []
  private before: S
  private due = false
  constructor(
    private readonly parent: Element,
    public state: Readonly<S>,
  ) {
    this.before = state
  }
  abstract render(): Node_
  /** Is called after the page shows the state; old is what it showed before. */
  abstract after(old: Readonly<S>): void
  set(change: Partial<S>) {
    this.state = { ...this.state, ...change }
    if (this.due) return
    this.due = true
    queueMicrotask(() => this.draw())
  }
  draw() {
    this.due = false
    const { before, drawn } = this
    this.before = this.state
    this.drawn = [this.render()]
    fill(this.parent, this.drawn, drawn)
    this.after(before)
  }
}

type On<T> = {
  [K in keyof GlobalEventHandlersEventMap as `on${K}`]?:
    | ((e: GlobalEventHandlersEventMap[K] & { readonly currentTarget: T }) => void)
    | undefined
}
type Attribute = string | number | boolean | null | undefined
type Of<T> = On<T> & { readonly ref?: Ref<T>; readonly children?: unknown } & { readonly [name: string]: unknown }
export declare namespace JSX {
  type Element = Node_
  interface IntrinsicAttributes {
    key?: Attribute
  }
  type IntrinsicElements = {
    [K in keyof HTMLElementTagNameMap]: Of<HTMLElementTagNameMap[K]>
  } & { svg: Of<SVGElement>; path: Of<SVGElement> }
  interface ElementChildrenAttribute {
    children: unknown
  }
}
