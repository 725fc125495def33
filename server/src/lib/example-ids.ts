/**
 * Ids and times of the examples in the API reference, which tell one story through all nouns: Acme publishes Support desk,
 * Northwind installs version 1.0.0 and upgrades to 1.1.0.
 */
export const EXAMPLE_IDS = {
  publisher: 'wsp_01kjprzb00fy1ab8fdnyk002pq',
  workspace: 'wsp_01kjprzb00eka89vnw7tk1jx70',
  author: 'usr_01kjprzb00f88b7na11znh6jgg',
  installer: 'usr_01kjprzb00ehv9z3snefwgh02v',
  membership: 'wspmem_01kjprzb00eh08sanzc2yqpv2p',
  apiKey: 'key_01kjprzb00fck9vcfc1s7rt4d4',
  agent: 'agt_01kjptp8t0fftasdqpzxr3c8n0',
  agentVersion: 'agtver_01kjptp8t0eenr8g9xsnyn6rma',
  function: 'fun_01kjptp8t0et1ab5nzr1tsceba',
  functionVersion: 'funver_01kjptp8t0fwr8vbektrha58j5',
  schema: 'sch_01kjptp8t0fyssztk8whs5hs6h',
  schemaVersion: 'schver_01kjptp8t0e9frq6vk3yh78xrs',
  integration: 'int_01kjptp8t0fm5rcwwrks5dby9r',
  firstVersion: 'intver_01kjpwd6m0fd8rh539r79599w7',
  version: 'intver_01kktyccg0f6ebr3gd4x5xsp6x',
  grant: 'intgrt_01kjpwd6m0efabmb0dtn4mxq90',
  review: 'intrev_01kjpwd6m0e5pbyd6y2h6cwdnx',
  authState: 'aut_01kjsj7s80e3q823h8egas0k4j',
  install: 'intins_01kjsj7s80fgr8rnam9jx6s65v',
  dependency: 'intins_01kjsj7s80e7rt5m2cx0q9n4vd',
  solution: 'sol_01kjsj7s80etg8av4zszt59ecx',
  clone: 'agt_01kjsj7s80ergs193d9ancekeq',
  member: 'intmem_01kjsj7s80f29ag1rzmje2skw7',
  solutionMember: 'solmem_01kjsj7s80eaxbmw4abn2msaxr',
  revision: 'insrev_01kkvf4jr0eegbc6d8xjbr5ga6',
  trustedSigner: 'sgn_01kjprzb00ezq9v4t2hdm6w8k3',
  event: 'evt_01kkvf4jr0e8g9vp3vb8d1bgjn',
} as const;

export const EXAMPLE_TIMES = {
  founded: '2026-03-02T08:00:00.000Z',
  authored: '2026-03-02T08:30:00.000Z',
  published: '2026-03-02T09:00:00.000Z',
  installed: '2026-03-03T10:00:00.000Z',
  improved: '2026-03-16T09:00:00.000Z',
  upgraded: '2026-03-16T14:00:00.000Z',
} as const;
