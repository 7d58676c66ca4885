import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { AccuracySearch } from './api/queries/accuracy'
import type { CustomerFilter } from './api/queries/customers'
import type { ExploreSearch } from './api/queries/explore'
import type { JourneySort, JourneyTab } from './api/queries/journeys'
import type { By, SurveyKind } from './api/queries/satisfaction'
import { sessionQuery } from './api/queries/session'
import { parseSearch } from './lib/inbox/query'
import { channelNames } from './lib/words'
import { Shell } from './shell/shell'
import { StepUp } from './shell/step-up'
import { Failed } from './ui/states'

interface Context {
  readonly client: QueryClient
}

const oneOf = <T extends string>(value: unknown, all: readonly T[], fallback: T): T =>
  all.find((v) => v === value) ?? fallback
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

const rootRoute = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <Outlet />
      <StepUp />
    </>
  ),
  errorComponent: ({ error, reset }) => <Failed error={error} what="This page could not be shown" retry={reset} />,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (s: Record<string, unknown>): { to?: string } => {
    const to = text(s.to)
    // Only a path of this console; "//host" would lead elsewhere.
    return /^\/(?!\/)/.test(to) ? { to } : {}
  },
  component: lazyRouteComponent(() => import('./pages/sign-in'), 'SignInPage'),
})

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/setup'), 'SetupPage'),
})

const InvitePage = lazyRouteComponent(() => import('./pages/invite'), 'InvitePage')
const inviteRoute = createRoute({ getParentRoute: () => rootRoute, path: '/invite', component: InvitePage })
/** The address that the server's links have. */
const invitationRoute = createRoute({ getParentRoute: () => rootRoute, path: '/invitation', component: InvitePage })

const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/password',
  component: lazyRouteComponent(() => import('./pages/password'), 'PasswordPage'),
})

/** Where people land whose role needs two-step sign-in, until they have it. */
const factorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/two-step',
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery)
    if (!session.signed_in) throw redirect({ to: '/sign-in', search: { to: '/two-step' } })
  },
  component: lazyRouteComponent(() => import('./pages/two-step'), 'TwoStepPage'),
})

/** The first steps of a new owner, without the shell around them. */
const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery)
    if (!session.signed_in) throw redirect({ to: '/sign-in', search: { to: '/welcome' } })
  },
  component: lazyRouteComponent(() => import('./pages/welcome'), 'WelcomePage'),
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery)
    if (session.signed_in && session.must_enrol) throw redirect({ to: '/two-step' })
    if (session.signed_in) return
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
  },
  component: Shell,
})

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' })
  },
})

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbox',
  validateSearch: parseSearch,
  component: lazyRouteComponent(() => import('./pages/inbox/inbox-page'), 'InboxPage'),
})
/** The conversation stands beside its list, so the list's page draws both. */
const caseRoute = createRoute({ getParentRoute: () => inboxRoute, path: '$id' })

const searchRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/search',
  validateSearch: (s: Record<string, unknown>): { q?: string } => (text(s.q) ? { q: text(s.q) } : {}),
  component: lazyRouteComponent(() => import('./pages/search/search-page'), 'SearchPage'),
})

const FILTERS = ['all', 'waiting', 'open', 'leaving', 'unread'] as const satisfies readonly CustomerFilter[]
export interface CustomersSearch {
  readonly q?: string
  readonly filter?: CustomerFilter
  readonly channel?: string
}
const customersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/customers',
  validateSearch: (s: Record<string, unknown>): CustomersSearch => {
    const filter = oneOf(s.filter, FILTERS, 'all')
    return {
      ...(text(s.q) ? { q: text(s.q) } : {}),
      ...(filter === 'all' ? {} : { filter }),
      ...(text(s.channel) ? { channel: text(s.channel) } : {}),
    }
  },
  component: lazyRouteComponent(() => import('./pages/customers'), 'CustomersPage'),
})

export interface CustomerPageSearch {
  /** Scroll to this journey. */
  readonly journey?: string
  /** Scroll to this contact. */
  readonly contact?: string
  /** Show this journey alone. */
  readonly only?: string
  readonly channel?: string
}
const customerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/customers/$id',
  validateSearch: (s: Record<string, unknown>): CustomerPageSearch => ({
    ...(text(s.journey) ? { journey: text(s.journey) } : {}),
    ...(text(s.contact) ? { contact: text(s.contact) } : {}),
    ...(text(s.only) ? { only: text(s.only) } : {}),
    ...(text(s.channel) ? { channel: text(s.channel) } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/customer/customer-page'), 'CustomerPage'),
})

const TABS = ['waiting', 'open', 'unanswered', 'repeat', 'all'] as const satisfies readonly JourneyTab[]
const SORTS = ['waiting', 'effort', 'last'] as const satisfies readonly JourneySort[]
const DAYS = ['7', '14', '30'] as const
const journeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/journeys',
  validateSearch: (s: Record<string, unknown>) => ({
    tab: oneOf(s.tab, TABS, 'waiting'),
    // Only journeys that wait for us can be sorted by how long they wait.
    sort: oneOf(s.sort, SORTS, oneOf(s.tab, TABS, 'waiting') === 'waiting' ? 'waiting' : 'last'),
    repeat: oneOf(text(s.repeat), DAYS, '30'),
  }),
  component: lazyRouteComponent(() => import('./pages/journeys'), 'JourneysPage'),
})

const SURVEYS = ['csat', 'nps', 'ces'] as const satisfies readonly SurveyKind[]
const PARTS = ['inbox', 'team', 'agent', 'week', 'month'] as const satisfies readonly By[]
const PERIODS = ['7', '30', '90', '365'] as const
const yes = (value: unknown): boolean => value === true || value === 'true'
export interface ReportSearch {
  readonly kind: SurveyKind
  readonly days: (typeof PERIODS)[number]
  readonly by: By
  readonly inbox?: string | undefined
  readonly low?: boolean
  readonly commented?: boolean
}
const reportsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/reports',
  validateSearch: (s: Record<string, unknown>): ReportSearch => ({
    kind: oneOf(s.kind, SURVEYS, 'csat'),
    days: oneOf(text(s.days), PERIODS, '30'),
    by: oneOf(s.by, PARTS, 'inbox'),
    ...(text(s.inbox) ? { inbox: text(s.inbox) } : {}),
    ...(yes(s.low) ? { low: true } : {}),
    ...(yes(s.commented) ? { commented: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/reports/satisfaction-page'), 'SatisfactionPage'),
})

const accuracyRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/reports/accuracy',
  validateSearch: (s: Record<string, unknown>): AccuracySearch => ({
    days: ([30, 365] as const).find((d) => d === Number(s.days)) ?? 90,
    span: Number(s.span) === 1 ? 1 : 4,
    ...(s.of === 'all' || s.of === 'sample' ? { of: s.of } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/reports/accuracy/accuracy-page'), 'AccuracyPage'),
})

const EXPLORED = [7, 30, 90, 365] as const
const SEGMENTS = ['all', 'switched', 'repeat', 'leaving', 'hard'] as const
const STATES = ['open', 'waiting_for_us', 'waiting_for_them', 'resolved', 'abandoned'] as const
const exploreRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/explore',
  validateSearch: (s: Record<string, unknown>): ExploreSearch => ({
    days: EXPLORED.find((d) => d === Number(s.days)) ?? 90,
    intent: text(s.intent),
    segment: oneOf(s.segment, SEGMENTS, 'all'),
    start: channelNames.find((c) => c === s.start) ?? '',
    end: STATES.find((e) => e === s.end) ?? '',
    by: oneOf(s.by, ['intent', 'channel', 'team'] as const, 'intent'),
  }),
  component: lazyRouteComponent(() => import('./pages/explore'), 'ExplorePage'),
})

const reviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/review',
  component: lazyRouteComponent(() => import('./pages/review'), 'ReviewPage'),
})

const quarantineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/quarantine',
  component: lazyRouteComponent(() => import('./pages/quarantine'), 'QuarantinePage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page'), 'SettingsPage'),
})

/** The settings are one page; the address says which part of them. */
const settingsPartRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page'), 'SettingsPage'),
})

/** Every other address, with the way back beside it. */
const nowhereRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '$',
  component: lazyRouteComponent(() => import('./pages/nowhere'), 'NowherePage'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  inviteRoute,
  invitationRoute,
  passwordRoute,
  factorRoute,
  welcomeRoute,
  shellRoute.addChildren([
    indexRoute,
    inboxRoute.addChildren([caseRoute]),
    searchRoute,
    customersRoute,
    customerRoute,
    journeysRoute,
    reportsRoute,
    accuracyRoute,
    exploreRoute,
    reviewRoute,
    quarantineRoute,
    settingsRoute,
    settingsPartRoute,
    nowhereRoute,
  ]),
])

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
