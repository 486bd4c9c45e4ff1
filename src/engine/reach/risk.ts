/** What a change can open, from what a reviewer looks at first to what he looks at last. */
export const RISKS = {
  direct: {
    title: 'Past every exit',
    about: "these calls leave from the caller's own pod; the rules and logs of exits do not see them",
  },
  plaintext: { title: 'Not encrypted', about: 'whoever is on the way can read and change what is sent' },
  unverified: {
    title: 'Server not verified',
    about: 'what is sent is encrypted, but whoever is on the way can pass for the server',
  },
  wildcard: {
    title: 'Every name below a wildcard',
    about: 'also names that do not exist yet, and whoever registers them',
  },
  destination: { title: 'Leads to another server', about: 'what was sent to one server goes to another now' },
  caller: { title: 'New caller', about: 'it reached nothing outside before' },
  host: { title: 'New host', about: 'nobody reached it before' },
  way: { title: 'New way', about: 'a caller that is known reaches a host or port that is known, and did not before' },
  exit: { title: 'Other exit', about: 'calls leave through another gateway, whose rules and logs hold for them now' },
  identity: {
    title: 'Caller known less exactly',
    about: 'more callers than one named account, or the exit does not know any more who calls',
  },
  rules: { title: 'Rules changed', about: 'which requests of an open way pass may be others than before' },
  'exit-objects': {
    title: 'Objects of the exit changed',
    about: 'no way was opened or closed by it that the inventory sees; whoever runs the exit should know why',
  },
} as const;

/** What a change opens. */
export type Risk = keyof typeof RISKS;

/** From the gravest. */
export const BY_GRAVITY = Object.keys(RISKS) as Risk[];
