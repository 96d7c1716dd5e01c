/** 한국어: Korean. No particle follows a value, as its form would depend on the value's last sound. */
import { createTranslation } from '../translation.js';

const NUMBER = new Intl.NumberFormat('ko', { maximumFractionDigits: 0 });

export const tag = 'ko';
export const name = '한국어';
export const hourCycle = 'h23';

/** What stands in the HTML, by the names in its braces. */
export const html = {
  page: {
    account: '계정',
    signIn: '로그인',
    signUp: '가입',
    signOut: '로그아웃',
    asking: '확인 중…',
    answersFrom: '건 응답, 인스턴스',
    instancesWord: '개',
    lost: '건 유실',
    guest: '게스트로 시작',
    beforeSignUp: '또는',
    signUpInstead: '이름을 정해 가입',
    afterSignUp: '',
    noLogin: '아직 로그인 없음',
    lanes: '인스턴스별 줄',
    pause: '멈춤',
    fullScreen: '전체 화면',
    minuteAgo: '1분 전',
    now: '지금',
    bindOne: '다음 명령으로 바인드하십시오.',
    copy: '복사',
    instances: '인스턴스',
    details: '자세히',
    keys: '키',
    key: '키',
    keyRule: 'URL에 쓸 수 없는 이름이라서 점 하나나 둘만으로는 안 됩니다',
    value: '값',
    put: '저장',
    get: '조회',
    delete: '삭제',
    sameWithCurl: '같은 요청을 curl로 보내는 명령',
    copyCurl: 'curl 복사',
    redisDetails: 'Redis 상세 정보',
    operatorLink: '운영자 화면에서 Redis 들여다보기',
    close: '닫기',
    yourAccount: '내 계정',
    yourSessions: '내 세션',
    signOutEverywhere: '모든 기기에서 로그아웃',
    changePassword: '비밀번호 변경',
    deleteAccount: '계정 삭제',
    withoutScripts: '스크립트 없이는 이 주소를 curl로 조회하면 같은 내용을 볼 수 있습니다.',
  },
  operator: {
    operator: '운영자',
    sections: '메뉴',
    withoutScripts:
      '스크립트 없이는 /operator/… 주소를 curl로 조회하면 같은 내용을 볼 수 있습니다.',
  },
  form: {
    userName: '사용자 이름',
    passwordLabel: '비밀번호',
    newPassword: '새 비밀번호',
  },
};

/** The forms of /session/…, by the ends of their paths. */
export const forms = {
  'sign-in': { title: '로그인', explanation: '' },
  'sign-up': { title: '가입', explanation: '' },
  'change-password': {
    title: '비밀번호 변경',
    explanation: '다른 모든 기기에서 로그아웃됩니다.',
  },
  'delete-account': {
    title: '계정 삭제',
    explanation:
      '모든 기기에서 로그아웃되고, 세션에 저장한 내용도 모두 지워집니다. 사용자 이름은 다른 사람이 쓸 수 있게 됩니다.',
  },
  back: { title: '돌아가기' },
};

/** What the scripts of the visitor's page say. Times, sizes and durations come formatted. */
export const words = {
  app: 'redis-example-app',

  units: {
    hours: (number) => `${number}시간`,
    minutes: (number) => `${number}분`,
    seconds: (number) => `${number}초`,
    bytes: (number) => `${NUMBER.format(number)}바이트`,
    of: (used, limit) => `${used} / ${limit}`,
  },

  // The headline
  visitor: '방문자',
  asking: '확인 중…',
  stillSignedIn: (user) => `${user}님 로그인 유지 중`,
  redisIsAway: (user) => `Redis 응답 없음, ${user}님 대기 중`,
  nothingAnswers: (user) => `응답하는 인스턴스 없음, ${user}님 대기 중`,
  loginLost: (user) => `${user}님 로그인이 풀렸습니다`,
  signedOut: (user) => `${user}님은 로그아웃 상태입니다`,
  redisWorks: 'Redis가 정상 동작합니다',
  redisDoesNotWork: 'Redis가 동작하지 않습니다',
  unbound: '바인드된 Redis가 없습니다',
  notSignedIn: '로그인하지 않았습니다',

  // The title of the window
  titleIn: (user, lost) => `${lost > 0 ? '✗' : '✓'} ${user}님, 유실 ${NUMBER.format(lost)}건`,
  titleLost: (user, lost) => `✗ ${user}님, 유실 ${NUMBER.format(lost)}건`,
  titleAway: (user) => `✗ Redis 응답 없음, ${user}님 대기 중`,
  titleSilent: (user) => `✗ 응답 없음, ${user}님 대기 중`,

  // Below the headline
  mode: (sessions) =>
    sessions === 'memory' ? 'SESSIONS=memory: 인스턴스마다 자기가 처리한 로그인만 압니다.' : '',
  reason: (reason, at) => REASONS[reason](at),
  seeLog: '원인은 앱 로그에 있습니다.',
  noStream: '앱과 연결이 끊겨 다시 연결하는 중입니다…',
  numbers: () => ['건 응답, 인스턴스', '개'],

  // Buttons
  pause: '멈춤',
  goOn: '계속',
  copied: '복사됨',
  selected: '선택됨',
  guestFailed: (text) => `게스트로 로그인하지 못했습니다: ${text}`,
  endSession: (at) => `${at}에 시작한 세션 종료`,
  end: '종료',
  close: '닫기',

  // The tape
  login: (user) => (user ? `${user}님` : '아직 로그인 없음'),
  lane: '인스턴스 ',
  tape: (user, indexes) =>
    `지난 1분: ${user ? `${user}님의 로그인과 ` : ''}${
      indexes.length > 0 ? `인스턴스 ${indexes.join(', ')}번의 응답` : '아직 인스턴스 없음'
    }`,
  mark: (mark) => MARKS[mark.kind](mark),

  // The controls of a foundry
  foundry: {
    kill: (index) => `${index}번 인스턴스 강제 종료`,
    fewer: '인스턴스 한 개 줄이기',
    more: '인스턴스 한 개 늘리기',
    outage: (seconds) => `Redis ${seconds}초 중단`,
    gone: '파운드리가 응답하지 않습니다.',
    audience: 'QR 코드',
    qrCode: (url) => `QR 코드: ${url}`,
  },

  // The header
  summary: (instances, version, service) =>
    [instances > 0 && `인스턴스 ${instances}개`, version && `Redis ${version}`, service]
      .filter(Boolean)
      .join(' · '),

  // Instances
  headings: ['#', '시작', '요청/초', 'p95', '메모리', 'CPU'],
  life: (nth) => (nth > 1 ? `${nth}번째` : ''),
  notMeasured: '지금은 측정값이 없습니다.',

  // Redis
  works: 'Redis 정상',
  worksNot: 'Redis 이상',
  memory: (used, limit) => (limit ? `${used} / ${limit}` : `${used}, 제한 없음`),
  whenFull: (policy) => (policy === 'noeviction' ? '쓰기 거부(noeviction)' : `키 축출(${policy})`),
  failover: ({ at, from, to }) => `${at}, ${from} → ${to}`,
  replica: ({ state, lag, behind }) =>
    `${state}, ${NUMBER.format(behind)}바이트 뒤처짐${lag > 1 ? `, ${lag}초째 무응답` : ''}`,
  noSave: '아직 없음',
  yes: '사용',
  no: '사용 안 함',
  role: (role) => ROLES[role] ?? role,
  kind: (topology) => KINDS[topology] ?? topology,
  labels: {
    version: '버전',
    memory: '메모리',
    full: '가득 차면',
    role: '역할',
    clients: '클라이언트',
    commands: '명령/초',
    hits: '적중률',
    service: '서비스 인스턴스',
    offering: '서비스',
    plan: '플랜',
    topology: '구성',
    nodes: '노드',
    masterName: '마스터 이름',
    reader: '리더 엔드포인트',
    readsFrom: '읽는 곳',
    tls: 'TLS',
    userName: '사용자 이름',
    database: '데이터베이스',
    lastFailover: '마지막 장애조치',
    lastSave: '마지막 저장',
    replica: (address) => `복제본 ${address}`,
    since: '로그인 시각',
    begunBy: '로그인한 인스턴스',
    endsIfIdle: '유휴 시 종료',
    endsAnyway: '무조건 종료',
  },

  topology: {
    app: '앱',
    primary: '주 서버',
    replica: '복제본',
    node: '클러스터 노드',
    redis: 'Redis',
    sentinel: '센티널',
    reader: '리더',
    dead: '✕ 사라짐',
    summary: (app, isAway, servers, others) =>
      `${app} → ${servers.join(', ')}${isAway ? ' (연결 안 됨)' : ''}.` +
      (others.length > 0 ? ` 그 밖: ${others.join(', ')}.` : ''),
  },

  // Keys
  noAnswer: '앱이 응답하지 않습니다.',
  answered: (status, text, rest) => `${status} ${text}${rest > 0 ? `… 이후 ${rest}자 생략` : ''}`,
  by: (index, milliseconds) => ` · 인스턴스 ${index}, ${milliseconds}`,

  // The account
  bySomeInstance: (instance) => `인스턴스 ${instance}`,
  within: (left, whole) => `${left} 후 (전체 ${whole})`,
  sessionSince: (at) => `${at} 로그인`,
  thisOne: '현재 세션',
  lastSeen: (instance, at) => `${instance ? `인스턴스 ${instance}, ` : ''}마지막 요청 ${at}`,
  ended: (number) => `세션 ${number}개를 종료했습니다.`,
  didNotWork: '처리하지 못했습니다.',

  // What the operator has closed
  diagnostics: {
    closed: '이 앱에서는 공개하지 않습니다(DIAGNOSTICS=closed).',
    operator:
      '운영자만 볼 수 있습니다(DIAGNOSTICS=operator). 운영자는 /operator/에서 로그인합니다.',
  },
  keys: {
    closed: '이 앱에서는 키를 사용할 수 없습니다(KEYS=closed).',
    'signed-in': '로그인한 사용자만 키를 사용할 수 있습니다(KEYS=signed-in).',
  },
};

const REASONS = {
  out: () => '',
  elsewhere: (at) => `${at}에 다른 곳에서 세션을 종료했습니다.`,
  ended: () => '세션이 종료되었습니다.',
  hidden: () => '이 페이지가 가려져 있는 동안 세션이 종료되었습니다.',
  idle: () => '유휴 제한 시간 동안 요청이 없었습니다.',
  absolute: () => '세션의 최대 유지 시간이 지났습니다.',
};

const MARKS = {
  killed: ({ indexes }) => `인스턴스 ${rangeOf(indexes)} 강제 종료`,
  replaced: ({ indexes }) => `인스턴스 ${rangeOf(indexes)} 교체`,
  scaled: ({ count }) => `인스턴스 ${count}개로 조정`,
  away: ({ duration }) => (duration === null ? 'Redis 끊김' : `Redis 끊김 ${duration}`),
  primary: () => '주 서버 교체',
};

const ROLES = { primary: '주 서버', replica: '복제본' };
const KINDS = {
  standalone: '단일 서버',
  sentinel: '센티널',
  cluster: '클러스터',
  replicated: '주 서버와 리더 엔드포인트',
};

function rangeOf(indexes) {
  const isRun = indexes.length > 2 && indexes.at(-1) - indexes[0] === indexes.length - 1;
  return isRun ? `${indexes[0]}–${indexes.at(-1)}` : indexes.join(', ');
}

const examined = ({ examined: some, of }) =>
  of === null
    ? `${NUMBER.format(some)}개 확인`
    : `전체 ${NUMBER.format(of)}개 중 ${NUMBER.format(some)}개 확인`;

/** What the operator's room says. */
export const operator = {
  title: (section) => `${section} · 운영자`,
  sections: {
    keys: '키',
    sessions: '세션',
    redis: 'Redis',
    console: '콘솔',
    channels: '채널',
  },

  // Signing in and out
  signIn: '로그인',
  signOut: '로그아웃',
  password: '운영자 비밀번호',
  idle: '15분 동안 요청이 없으면 로그아웃됩니다.',
  endsIn: (left) => `요청이 없으면 ${left} 후 로그아웃`,
  signedOut: '세션이 종료되었습니다. 다시 로그인하십시오.',

  // What all sections say
  reading: '읽는 중…',
  noAnswer: '앱이 응답하지 않습니다.',
  brokenOff: '응답이 끝나기 전에 끊겼습니다.',
  cancelled: '취소했습니다. 그때까지 처리한 것은 그대로 남습니다.',
  nextPage: '다음 페이지',
  refresh: '새로 고침',
  cancel: '취소',
  close: '닫기',
  actions: '작업',
  nothing: '–',
  empty: '(빈 값)',
  hex: '텍스트가 아닌 바이트(헥스로 표시)',
  beginning: (size) => ` … 전체 ${size} 중 앞부분`,
  roles: { primary: '주 서버', replica: '복제본' },
  progress: '진행 상황',
  passwordAgain: '비밀번호 다시 입력',

  // Keys
  key: '키',
  value: '값',
  types: {
    string: '문자열(string)',
    list: '리스트(list)',
    hash: '해시(hash)',
    set: '집합(set)',
    zset: '정렬 집합(zset)',
    stream: '스트림(stream)',
  },
  fields: {
    index: '순번',
    id: 'ID',
    field: '필드',
    fields: '필드',
    value: '값',
    score: '점수',
    end: '위치',
  },
  atEnd: '맨 뒤',
  atBegin: '맨 앞',
  pattern: '이름 또는 패턴',
  type: '타입',
  anyType: '모든 타입',
  search: '검색',
  keyHeadings: ['키', '타입', '만료까지', '메모리', '길이', '슬롯', '노드'],
  choose: (key) => `선택: ${key}`,
  length: (type, length) =>
    type === 'string' ? `${NUMBER.format(length)}바이트` : `요소 ${NUMBER.format(length)}개`,
  pageOfKeys: ({ keys, own, cursor, ...page }) =>
    [
      `키 ${NUMBER.format(keys.length)}개, ${examined(page)}${cursor === null ? ', 끝까지 읽음' : ''}.`,
      ownKeys(own),
    ]
      .filter(Boolean)
      .join(' '),
  newKey: '새 키…',
  make: '만들기',
  made: (key) => `만들었습니다: ${key}`,
  ttlOptional: '만료 시간(초, 비우면 만료 없음)',
  deleteChosen: '선택한 키 삭제…',
  deleteMatching: '패턴으로 삭제…',
  deleteKeys: (number) => `키 ${NUMBER.format(number)}개 삭제`,
  delete: '삭제',
  deleted: (number) => `키 ${NUMBER.format(number)}개를 삭제했습니다.`,
  count: '개수 세기',
  counting: (progress, isDone) =>
    `일치하는 키 ${NUMBER.format(progress.found)}개${isDone ? '.' : `, ${examined(progress)} …`}`,
  deleting: ({ changed, ...progress }, isDone) =>
    isDone
      ? `키 ${NUMBER.format(changed)}개를 삭제했습니다.`
      : `키 ${NUMBER.format(changed)}개 삭제, ${examined(progress)} …`,

  // The tree
  prefixes: '접두사',
  all: '모든 키',
  treeOf: ({ branches, sample, ...page }) =>
    [
      branches.some(({ path }) => path === null) ? '' : '이 아래 이름에는 콜론이 더 없습니다.',
      sample ? `표본: ${examined(page)}.` : '',
    ]
      .filter(Boolean)
      .join(' '),

  // One key
  backToKeys: '← 키 목록',
  expires: '만료',
  never: '없음',
  inTime: (time) => `${time} 후`,
  size: '크기',
  memory: '메모리',
  slot: '슬롯',
  readFrom: '읽은 서버',
  save: '저장',
  add: '추가',
  remove: '제거',
  removeOne: (name) => `제거: ${name}`,
  removeFirst: '맨 앞 제거',
  removeLast: '맨 뒤 제거',
  changed: '변경했습니다.',
  expiresIn: '만료 시간(초)',
  setTtl: '만료 설정',
  removeTtl: '만료 해제',
  deleteKey: '키 삭제…',
  compare: '주 서버와 복제본 비교',
  copies: '서버별 내용',
  comparison: (servers, isSame) => {
    if (servers < 2) return '복제본이 없습니다.';
    return isSame ? `서버 ${servers}대의 내용이 모두 같습니다.` : '서버마다 내용이 다릅니다.';
  },

  // Sessions
  sessionHeadings: ['사용자', '로그인 시각', '로그인한 인스턴스', '마지막 요청', '종료 예정', ''],
  pageOfSessions: ({ sessions, ...page }) =>
    `사용자 세션 ${NUMBER.format(sessions.length)}개${page.cursor === null ? '' : `, ${examined(page)}`}.`,
  end: '종료',
  endAllOf: '모두 종료',
  endOne: (user, since) => `${user}님의 ${since} 세션 종료`,
  endAllOfUser: (user) => `${user}님의 모든 세션 종료`,
  endAllOfText:
    '이 사용자는 모든 기기에서 로그아웃됩니다. 열려 있는 페이지에는 1초 안에 반영됩니다.',
  endAllDialog: '모든 세션 종료…',
  endAllSessions: '모든 사용자의 세션 종료',
  ending: ({ changed }, isDone) =>
    isDone
      ? `세션 ${NUMBER.format(changed)}개를 종료했습니다.`
      : `세션 ${NUMBER.format(changed)}개 종료 …`,
  endedSessions: (number) => `세션 ${NUMBER.format(number)}개를 종료했습니다.`,

  charts: {
    commands: '초당 명령 수',
    hits: '시작 후 적중률',
    memory: '메모리',
    clients: '클라이언트',
    behind: '복제본이 뒤처진 양',
    lag: '복제본 무응답 시간',
    seconds: (number) => `${number}초`,
    most: (value) => `최근 5분 최고: ${value}`,
    summary: (name, now, most) => `${name}: ${now}, ${most}`,
    closed: '차트를 보려면 DIAGNOSTICS 값이 operator 또는 open이어야 합니다. 지금은 closed입니다.',
    away: '차트가 앱을 기다리는 중입니다. 다시 연결하고 있습니다 …',
    oneOfCluster: '명령, 적중률, 메모리, 클라이언트는 클러스터의 주 서버 한 대의 값입니다.',
  },

  redis: {
    good: '조치할 것이 없습니다.',
    commands: '명령',
    slowLog: '슬로우 로그',
    clients: '클라이언트',
    sentinel: '센티널',
    oneSentinel: '센티널 ',
    rights: '권한',
    commandHeadings: ['명령', '호출', '실패', '평균 µs', 'p50 µs', 'p99 µs', 'p99.9 µs'],
    slowHeadings: ['시각', '걸린 시간', '명령', '클라이언트'],
    clientHeadings: [
      '주소',
      '이름',
      '사용자',
      '연결 시간',
      '유휴 시간',
      '마지막 명령',
      '데이터베이스',
      '메모리',
    ],
    rightHeadings: ['없는 권한', '쓰이는 곳'],
    parts: {
      keys: '키 목록',
      values: '값 보기',
      changes: '키 변경',
      health: 'Redis 상태',
      console: '콘솔',
      channels: '채널',
    },
    noSlow: '느린 명령이 없습니다.',
    milliseconds: (number) => `${number} ms`,
    missing: (missing, all) =>
      missing === 0
        ? `이 화면의 모든 기능을 사용할 권한이 있습니다(명령 ${all}개).`
        : `명령 ${all}개 중 ${missing}개의 권한이 없습니다. 다음 규칙으로 추가합니다.`,
    memory: (used, limit) => (limit ? `${used} / ${limit}` : `${used}, 제한 없음`),
    whenFull: (policy) =>
      policy === 'noeviction' ? '쓰기 거부(noeviction)' : `키 축출(${policy})`,
    connected: ({ connected_clients: now, blocked_clients: blocked, maxclients: most }) =>
      `${now}${most ? ` / ${most}` : ''}${Number(blocked) > 0 ? `, 대기 ${blocked}` : ''}`,
    hits: (share, all) => `읽기 ${all}건 중 ${share}`,
    notSaved: '시작 후 없음',
    saved: (at, status) => `${at}${status === 'ok' ? '' : ', 마지막 시도 실패'}`,
    aof: ({ aof_enabled: isOn, aof_last_write_status: status }) =>
      isOn === '1' ? `사용${status === 'ok' ? '' : ', 마지막 쓰기 실패'}` : '사용 안 함',
    link: ({ master_link_status: status, master_last_io_seconds_ago: ago }) =>
      status === 'up' ? `연결됨, ${ago}초 전 수신` : '끊김',
    replica: (state, behind, lag) => `${state}, ${behind}바이트 뒤처짐, ${lag}초 전 수신`,
    keyspace: ({ keys, expires }) =>
      `키 ${NUMBER.format(keys)}개, 만료 시간 있음 ${NUMBER.format(expires)}개`,
    labels: {
      version: '버전',
      uptime: '가동 시간',
      memory: '메모리',
      whenFull: '가득 차면',
      fragmentation: '단편화 비율',
      evicted: '축출된 키',
      expired: '만료된 키',
      clients: '클라이언트',
      hits: '적중률',
      lastSave: '마지막 스냅숏',
      unsaved: '스냅숏 이후 변경',
      aof: 'AOF',
      link: '주 서버 연결',
      replica: (address) => `복제본 ${address}`,
      primary: '주 서버',
      replicas: '복제본',
      others: '다른 센티널',
      needed: '쿼럼',
      quorum: '쿼럼 확인',
      user: '사용자',
    },
  },

  console: {
    command: '명령(여러 줄은 하나의 트랜잭션)',
    send: '실행',
    write: '데이터 변경 허용(write=yes)',
    keys: 'Enter 실행, Shift+Enter 줄 바꿈',
    try: '따라 하기',
    refused:
      '다음 명령은 여기서 실행하지 않습니다: Redis 관리, 블로킹, 위험한 명령, 스크립트, 앱 전용 키를 건드리는 명령.',
    from: (node, isTransaction) => (isTransaction ? `${node}, 하나의 트랜잭션` : node),
  },

  channels: {
    channel: '채널',
    listen: '구독',
    stop: '중지',
    publish: '발행',
    message: '메시지',
    notListening: '구독 중이 아닙니다.',
    opening: (channel) => `채널을 여는 중입니다: ${channel} …`,
    listening: (channel) => `구독 중: ${channel}`,
    refused: '구독할 수 없습니다. 세션이 종료되었거나, 구독하는 페이지가 너무 많습니다.',
    received: (number) => `구독자 ${NUMBER.format(number)}명이 받았습니다.`,
  },
};

/** The app's own keys, by their kinds. */
function ownKeys(own) {
  const kinds = Object.entries(own).map(
    ([kind, number]) => `${translate(kind)} ${NUMBER.format(number)}개`,
  );
  return kinds.length > 0 ? `앱 전용 키는 표시하지 않습니다: ${kinds.join(', ')}` : '';
}

/**
 * The app's own sentences, each with its translation; translation.js says how they are written. Of several
 * that fit a text, the one that says more about it stands first.
 */
export const sentences = {
  // Keys
  success: '성공',
  'key not present': '없는 키입니다',
  'data field missing': 'data 필드가 없습니다',
  'data is longer than 1 MB': 'data의 길이가 1 MB를 넘습니다',
  'the key holds {bytes} bytes: too many to show': '값이 {bytes}바이트라서 표시하기에 너무 큽니다',
  'the key holds a {type}, not a string': '문자열이 아닌 키입니다(타입: {type})',
  'the value changes too often to be read': '값이 너무 자주 바뀌어 읽지 못했습니다',
  'malformed % escape in the key: it should be UTF-8, percent-encoded':
    '키의 % 표기가 잘못되었습니다. UTF-8을 퍼센트 인코딩한 것이어야 합니다',
  "keys that begin with {prefix} are the app's own": '{prefix} 접두사는 앱 전용 키에만 씁니다',
  'ttl must be a whole number of seconds from 1 to {most}':
    'ttl은 1부터 {most}까지의 정수(초)여야 합니다',
  'the key routes are closed here (KEYS=closed)': '키를 사용할 수 없습니다(KEYS=closed)',
  'keys are for signed-in users here (KEYS=signed-in): sign in with POST /session/sign-in, and send the cookie of its answer':
    '로그인한 사용자만 키를 사용할 수 있습니다(KEYS=signed-in)',

  // Requests
  'refused: the request comes from another site': '다른 사이트에서 온 요청이라 거부했습니다',
  'malformed URL': 'URL 형식이 잘못되었습니다',
  'Internal Server Error': '서버 내부 오류입니다',
  '{name} field missing': '필드가 없습니다: {name}',
  '{name} must be UTF-8 text': 'UTF-8 텍스트가 아닙니다: {name}',
  '{name} must be a string': '문자열이 아닙니다: {name}',
  'the form has a malformed % escape (write %25 for a percent sign), or over 1000 fields':
    '폼의 % 표기가 잘못되었거나(퍼센트 기호는 %25) 필드가 1000개를 넘습니다',
  'the body is not valid JSON': '본문이 올바른 JSON이 아닙니다',
  'JSON may have {parts} fields and elements': 'JSON의 필드와 요소는 {parts}개까지입니다',
  'JSON may have 1 MB: send a form for more': 'JSON은 1 MB까지입니다. 더 크면 폼으로 보내십시오',
  'send JSON with a Content-Length': 'JSON은 Content-Length와 함께 보내십시오',
  'send the body without a Content-Encoding': '본문은 Content-Encoding 없이 보내십시오',
  'a body may have {bytes} bytes without a Content-Length':
    'Content-Length가 없는 본문은 {bytes}바이트까지입니다',
  'a body may have {bytes} bytes': '본문은 {bytes}바이트까지입니다',
  'the request was broken off': '요청이 중간에 끊겼습니다',
  'the connection is closed': '연결이 끊겼습니다',
  'the chunks of the body are too small': '본문의 조각이 너무 작습니다',
  'this is closed to the public (DIAGNOSTICS=closed)': '공개하지 않습니다(DIAGNOSTICS=closed)',
  'this is for the operator alone (DIAGNOSTICS=operator): sign in with POST /operator/sign-in, and send the cookie of its answer; or curl -u operator':
    '운영자만 볼 수 있습니다(DIAGNOSTICS=operator)',
  'this is for the operator alone (DIAGNOSTICS=operator), who needs a password: cf set-env APP OPERATOR_PASSWORD …, and cf restart APP':
    '운영자만 볼 수 있는데 운영자 비밀번호가 없습니다(DIAGNOSTICS=operator). cf set-env APP OPERATOR_PASSWORD … 명령으로 정하고 cf restart APP 명령으로 재기동하십시오',

  // Too much at a time
  'too many <task> from your address at a time: try again later':
    '같은 주소에서 동시에 보낸 요청이 너무 많습니다(<task>). 잠시 후 다시 시도하십시오',
  'too many <task> at a time: try again later':
    '동시 요청이 너무 많습니다(<task>). 잠시 후 다시 시도하십시오',
  'too many <task> at a time: try again in a moment':
    '동시 요청이 너무 많습니다(<task>). 잠시 후 다시 시도하십시오',
  'too many <task>: try again in <wait>':
    '시도 횟수가 너무 많습니다(<task>). <wait> 후 다시 시도하십시오',
  'sign-ins from your address': '같은 주소의 로그인',
  'sign-ups from your address': '같은 주소의 가입',
  'failed sign-ins and sign-ups': '실패한 로그인과 가입',
  'failed sign-ins': '실패한 로그인',
  'sign-ins': '로그인',
  'wrong passwords': '틀린 비밀번호',
  'lists of sessions': '세션 목록',
  'searches for sessions': '세션 찾기',
  'reads of sessions': '세션 읽기',
  reads: '읽기',
  'large bodies and answers': '큰 본문과 응답',
  'requests of operators': '운영자의 요청',
  'walks through all keys': '모든 키 훑기',
  'TLS connections': 'TLS 연결',
  '{number} second': '{number}초',
  '{number} seconds': '{number}초',
  '{number} minute': '{number}분',
  '{number} minutes': '{number}분',

  // Accounts and sessions
  'the user name or the password is wrong': '사용자 이름 또는 비밀번호가 맞지 않습니다',
  'the password is wrong': '비밀번호가 맞지 않습니다',
  'the new password is the old one': '새 비밀번호가 지금 비밀번호와 같습니다',
  'the user name is taken': '이미 쓰이는 사용자 이름입니다',
  'sign-up is closed (SIGN_UP=closed)': '가입을 받지 않습니다(SIGN_UP=closed)',
  'nobody is signed in: POST /session/sign-in': '로그인하지 않았습니다',
  'no such session': '없는 세션입니다',
  'the session has ended: sign in again': '세션이 종료되었습니다. 다시 로그인하십시오',
  'the account was deleted or its password changed: sign in again':
    '계정이 삭제되었거나 비밀번호가 바뀌었습니다. 다시 로그인하십시오',
  'a session may have {bytes} bytes': '세션은 {bytes}바이트까지입니다',
  'Letters, digits and . _ - @ +, at most {most} characters.':
    '글자, 숫자, . _ - @ + 기호로 {most}자까지.',
  'At least {least} characters of any kind, such as four random words; not the user name, and no common password.':
    '{least}자 이상. 글자 종류는 자유이며, 무작위 단어 네 개가 좋은 예입니다. 사용자 이름이나 흔한 비밀번호는 안 됩니다.',
  'a user name has at most {most} characters': '사용자 이름은 {most}자까지입니다',
  'a password has at most {most} characters': '비밀번호는 {most}자까지입니다',
  'a password has at least {least} characters': '비밀번호는 {least}자 이상이어야 합니다',
  'a password is more than white space and accents: add a letter, a digit or a symbol':
    '공백과 발음 부호만으로는 안 됩니다. 글자, 숫자, 기호를 넣으십시오',
  'a password is not the user name': '사용자 이름과 같은 비밀번호는 안 됩니다',
  'this password is one of the commonest, which attackers try first: choose another one, for example four random words':
    '공격자가 맨 먼저 시도하는 흔한 비밀번호입니다. 무작위 단어 네 개처럼 다른 비밀번호를 선택하십시오',
  'a user name has letters, digits and . _ - @ + only, and not <character>':
    '사용자 이름에는 글자, 숫자, . _ - @ + 기호만 쓸 수 있습니다. 쓸 수 없는 글자: <character>',
  'a user name has no invisible characters, and not <character>':
    '사용자 이름에는 보이지 않는 글자를 쓸 수 없습니다: <character>',
  'a space': '공백',

  // What is bound
  'You must bind a Redis service instance to this application.':
    '이 앱에 Redis 서비스 인스턴스를 바인드해야 합니다.',
  'You must bind a Redis service instance to this application. The bound services are not taken for a Redis: {services}. A Redis has "redis" or "valkey" among its tags or in its label, or a redis:// URI; a user-provided one may have it in its name. To use one of these all the same, set REDIS_SERVICE_NAME to its name: cf set-env APP REDIS_SERVICE_NAME NAME':
    '이 앱에 Redis 서비스 인스턴스를 바인드해야 합니다. 바인드된 서비스 중에는 Redis로 보이는 것이 없습니다: {services}. Redis로 보려면 태그나 레이블에 "redis" 또는 "valkey"가 있거나 redis:// URI가 있어야 합니다. 사용자 제공 서비스는 이름에 있어도 됩니다. 그래도 이 중 하나를 쓰려면 REDIS_SERVICE_NAME에 그 이름을 지정하십시오: cf set-env APP REDIS_SERVICE_NAME NAME',
  'REDIS_SERVICE_NAME asks for "{wanted}", but no bound service is called so (bound: {names})':
    'REDIS_SERVICE_NAME에 지정한 이름의 서비스가 바인드되어 있지 않습니다: "{wanted}" (바인드된 서비스: {names})',
  'REDIS_SERVICE_NAME is not a regular expression: /{pattern}/{flags}':
    'REDIS_SERVICE_NAME 값이 올바른 정규 표현식이 아닙니다: /{pattern}/{flags}',
  'Several Redis services are bound: using "{chosen}", not {others}. To choose, set REDIS_SERVICE_NAME to the name of one: cf set-env APP REDIS_SERVICE_NAME NAME':
    'Redis 서비스가 여럿 바인드되어 있습니다. 사용 중: "{chosen}", 사용하지 않음: {others}. 선택하려면 REDIS_SERVICE_NAME에 이름을 지정하십시오: cf set-env APP REDIS_SERVICE_NAME NAME',
  'Service "{name}" cannot be used: its certificates or its key are unreadable ({message})':
    '서비스 "{name}": 인증서나 키를 읽을 수 없어 사용하지 못합니다({message})',
  'The service "{name}" looks like a Redis, but <problem>':
    '서비스 "{name}": Redis로 보이지만 사용할 수 없습니다. <problem>',
  'Service "{name}" ({label}) cannot be used: <problem>':
    '서비스 "{name}"({label}): 사용할 수 없습니다. <problem>',
  'Service "{name}" ({label}): <warning>': '서비스 "{name}"({label}): <warning>',
  'these fields look like a password or a certificate, and are not used: {fields}':
    '비밀번호나 인증서로 보이지만 사용하지 않는 필드가 있습니다: {fields}',
  'the connection is not encrypted, and these fields are not understood: {fields}':
    '암호화하지 않은 연결이며, 뜻을 알 수 없는 필드가 있습니다: {fields}',
  'there is a user name, but no password': '사용자 이름은 있지만 비밀번호가 없습니다',
  'it has a form that nobody foresaw': '예상하지 못한 형식입니다',
  'its credentials are a reference to CredHub ("credhub-ref") that the platform did not resolve. Restart the app; if that does not help, ask the operator whether this app may read CredHub':
    '자격 증명이 CredHub 참조("credhub-ref")인데 플랫폼이 풀어 주지 않았습니다. 앱을 재기동하고, 그래도 안 되면 이 앱이 CredHub를 읽을 수 있는지 운영자에게 문의하십시오',
  'its credentials have neither a host nor a redis:// URI (fields found: {fields})':
    '자격 증명에 호스트도 redis:// URI도 없습니다(있는 필드: {fields})',
  'its URI is not of the form redis://USER:PASSWORD@HOST:PORT (or rediss://, valkey://, valkeys://), with special characters percent-encoded':
    'URI가 redis://USER:PASSWORD@HOST:PORT 형식(또는 rediss://, valkey://, valkeys://)이 아닙니다. 특수 문자는 퍼센트 인코딩해야 합니다',
  'its fields "{one}" and "{other}" name different servers, and nothing says which of them to use. Bind a service that has the fields of one of them':
    '필드 "{one}", "{other}"에 서로 다른 서버가 있어 어느 것을 쓸지 알 수 없습니다. 둘 중 하나의 필드만 있는 서비스를 바인드하십시오',
  'the fields "{one}" and "{other}" contradict each other':
    '필드 "{one}", "{other}"의 내용이 서로 어긋납니다',
  'the field "{name}" says no to TLS, but the URI or the host requires it. To decide, set tls_enabled to true or false: cf set-env APP tls_enabled true':
    '필드 "{name}"에는 TLS를 쓰지 않는다고 되어 있지만 URI나 호스트에는 TLS가 필요합니다. tls_enabled를 true나 false로 정하십시오: cf set-env APP tls_enabled true',
  'the field "{name}" is not <expected>': '필드 "{name}": <expected>',
  text: '텍스트가 아닙니다',
  'a port': '포트 번호가 아닙니다',
  'true or false': 'true나 false가 아닙니다',
  'PEM or its base64': 'PEM도, PEM의 base64도 아닙니다',
  'a list of hosts': '호스트 목록이 아닙니다',
  'The file that VCAP_SERVICES_FILE_PATH names, {path}, cannot be read (<code>)':
    'VCAP_SERVICES_FILE_PATH에 지정한 파일을 읽을 수 없습니다: {path} (<code>)',
  'SERVICE_BINDING_ROOT, {root}, cannot be read (<code>)':
    'SERVICE_BINDING_ROOT에 지정한 디렉터리를 읽을 수 없습니다: {root} (<code>)',
  '<source> is empty; it should be a JSON object that has a list of services under each label':
    '<source> 비어 있습니다. 레이블마다 서비스 목록이 있는 JSON 객체여야 합니다',
  '<source> is not a JSON object that has a list of services under each label: skipped {labels}':
    '<source> 레이블마다 서비스 목록이 있는 JSON 객체가 아닙니다. 건너뛴 레이블: {labels}',
  '<source> is not a JSON object that has a list of services under each label: <failure>':
    '<source> 레이블마다 서비스 목록이 있는 JSON 객체가 아닙니다. <failure>',
  '<source> is not a JSON object that has a list of services under each label':
    '<source> 레이블마다 서비스 목록이 있는 JSON 객체가 아닙니다',
  VCAP_SERVICES: 'VCAP_SERVICES가',
  'The file that VCAP_SERVICES_FILE_PATH names, {path},':
    'VCAP_SERVICES_FILE_PATH에 지정한 파일({path})이',
  'it ends too early, after {length} characters': '{length}자에서 너무 일찍 끝납니다',
  'it breaks at character {place} of {length}: <reason>':
    '{length}자 중 {place}번째 글자에서 깨집니다: <reason>',
  'unexpected character': '예상하지 못한 글자',

  // Why Redis does not work: the longer sentences first, which have others in them
  'Redis does not work: the operator finds the reason in the log of this app':
    'Redis가 동작하지 않습니다. 운영자는 앱 로그에서 원인을 볼 수 있습니다',
  'Redis is being connected': 'Redis에 연결하는 중입니다',
  'Redis is too slow: SET, GET and DEL took more than {limit} milliseconds together':
    'Redis가 너무 느립니다. SET, GET, DEL에 모두 {limit} ms 넘게 걸렸습니다',
  'Redis has lost a key between SET and GET. Is it full, and does it evict keys (maxmemory-policy)?':
    'SET과 GET 사이에 Redis에서 키가 사라졌습니다. 가득 차서 키를 축출한 것은 아닌지 확인하십시오(maxmemory-policy)',
  'Redis is full, and nothing was stored: delete keys, or choose a plan with more memory or with eviction (maxmemory, maxmemory-policy)':
    'Redis가 가득 차서 저장하지 못했습니다. 키를 삭제하거나, 메모리가 더 크거나 축출을 허용하는 플랜을 선택하십시오(maxmemory, maxmemory-policy)',
  'Redis is a Cluster that is down: it serves {served} of its 16384 slots. The operator should mend it (redis-cli --cluster check)':
    'Redis 클러스터가 중단되었습니다. 슬롯 16384개 중 {served}개만 서비스합니다. 운영자의 복구가 필요합니다(redis-cli --cluster check)',
  'Redis is a Cluster that announces addresses which this app cannot reach: {addresses}. Its nodes should announce others (cluster-announce-ip, cluster-announce-hostname), unless they are down or a security group forbids these. <sentence>':
    'Redis 클러스터가 알려 준 주소에 이 앱이 연결할 수 없습니다: {addresses}. 노드가 중단되었거나 보안 그룹에 막힌 것이 아니라면, 노드가 다른 주소를 알리게 해야 합니다(cluster-announce-ip, cluster-announce-hostname). <sentence>',
  'Redis has no cluster node that answers. <sentence>':
    '응답하는 클러스터 노드가 없습니다. <sentence>',
  'Redis has no Sentinel that answers. <sentence>': '응답하는 센티널이 없습니다. <sentence>',
  'The Sentinels name {address} as the primary. <sentence>':
    '센티널이 알려 준 주 서버: {address}. <sentence>',
  'The Sentinels know no primary by the name "{name}": they know {names}. The binding should have the right name in the field "master_name"':
    '센티널이 모르는 주 서버 이름입니다: "{name}" (아는 이름: {names}). 바인딩의 "master_name" 필드에 올바른 이름이 있어야 합니다',
  'The Sentinel {address} refuses the password that the binding has for the Sentinels. It should be right in the field "sentinel_password"':
    '센티널({address})이 바인딩의 센티널용 비밀번호를 거부합니다. "sentinel_password" 필드에 올바른 비밀번호가 있어야 합니다',
  'The Sentinel {address} wants a password, and the binding has none for the Sentinels. It should be in the field "sentinel_password"':
    '센티널({address})이 비밀번호를 요구하는데 바인딩에 센티널용 비밀번호가 없습니다. "sentinel_password" 필드에 있어야 합니다',
  'The Sentinel {address} is no Sentinel, but a Redis server. The binding should name the Sentinels (their port is 26379 by default)':
    '센티널로 지정된 서버({address})가 실제로는 Redis 서버입니다. 바인딩에는 센티널의 주소가 있어야 합니다(기본 포트는 26379)',
  'Version, role, memory and replicas: <sentence>':
    '버전, 역할, 메모리, 복제본을 볼 수 없습니다: <sentence>',
  '<subject> refuses connections: nothing listens there. Is the service running, and does the binding still name its host and port? (<code>)':
    '<subject> 연결을 거부합니다. 그 주소에서 대기하는 프로세스가 없습니다. 서비스가 실행 중인지, 바인딩의 호스트와 포트가 맞는지 확인하십시오 (<code>)',
  '<subject> does not answer. Does an application security group forbid the connection (cf security-groups)? (<code>)':
    '<subject> 응답하지 않습니다. 애플리케이션 보안 그룹이 연결을 막는지 확인하십시오(cf security-groups) (<code>)',
  '<subject> accepts connections but does not answer in time. Does it hang, or is something else listening there? (<code>)':
    '<subject> 연결은 받지만 제때 응답하지 않습니다. 멈춰 있거나, 그 포트에 다른 프로그램이 있는지 확인하십시오 (<code>)',
  '<subject> does not listen at this port: something answers there that is not Redis. Does the binding name the right host and port? (<code>)':
    '<subject> 이 포트에 없습니다. Redis가 아닌 다른 프로그램이 응답합니다. 바인딩의 호스트와 포트가 맞는지 확인하십시오 (<code>)',
  '<subject> refuses the user name or password of the binding. <rebind> (<code>)':
    '<subject> 바인딩의 사용자 이름이나 비밀번호를 거부합니다. <rebind> (<code>)',
  '<subject> wants a password, and the binding has none. <rebind> (<code>)':
    '<subject> 비밀번호를 요구하는데 바인딩에 비밀번호가 없습니다. <rebind> (<code>)',
  'Bind the service anew and restart: cf unbind-service, cf bind-service, cf restart':
    '서비스를 다시 바인드하고 재기동하십시오: cf unbind-service, cf bind-service, cf restart',
  '<subject> is in protected mode, which refuses connections from other machines. The operator should give it a password (requirepass), or turn protected-mode off (<code>)':
    '<subject> 보호 모드라서 다른 머신의 연결을 거부합니다. 운영자가 비밀번호를 정하거나(requirepass) protected-mode를 꺼야 합니다 (<code>)',
  '<subject> does not give its user the right to a command that this app runs in a script. docs/redis.md has the rule that the user needs (ACL SETUSER) (<code>)':
    '<subject> 이 앱의 스크립트에 필요한 명령 권한을 사용자에게 주지 않았습니다. 필요한 규칙은 docs/redis.md에 있습니다(ACL SETUSER) (<code>)',
  '<subject> does not give its user the right to run {command}. The operator can add {rule} to its rule (ACL SETUSER) (<code>)':
    '<subject> 이 사용자에게 {command} 명령의 권한을 주지 않았습니다. 운영자가 규칙에 추가할 수 있습니다: {rule} (ACL SETUSER) (<code>)',
  '<subject> does not give its user the right to use this channel. The operator can add {rule} to its rule (ACL SETUSER) (<code>)':
    '<subject> 이 사용자에게 이 채널의 권한을 주지 않았습니다. 운영자가 규칙에 추가할 수 있습니다: {rule} (ACL SETUSER) (<code>)',
  "<subject> does not give its user the right to keys of the app's own. The operator can add {rule} to its rule (ACL SETUSER) (<code>)":
    '<subject> 이 사용자에게 앱 전용 키에 대한 권한을 주지 않았습니다. 운영자가 규칙에 추가할 수 있습니다: {rule} (ACL SETUSER) (<code>)',
  '<subject> does not give its user the right to this key. The operator can add a pattern for it, like ~* to its rule (ACL SETUSER) (<code>)':
    '<subject> 이 사용자에게 이 키의 권한을 주지 않았습니다. 운영자가 규칙에 ~* 같은 패턴을 추가할 수 있습니다(ACL SETUSER) (<code>)',
  '<subject> does not know <command>. Has the service renamed or disabled it, or is this the port of a Sentinel? (<code>)':
    '<subject> 모르는 명령입니다: <command>. 서비스가 이름을 바꾸거나 막았는지, 센티널의 포트인지 확인하십시오 (<code>)',
  '<subject> shows a certificate that has expired. The operator must renew it (<code>)':
    '<subject> 만료된 인증서를 제시합니다. 운영자가 갱신해야 합니다 (<code>)',
  '<subject> shows a certificate that is not valid yet. Is the clock of the instance right? (<code>)':
    '<subject> 아직 유효하지 않은 인증서를 제시합니다. 인스턴스의 시계가 맞는지 확인하십시오 (<code>)',
  '<subject> shows a certificate of an authority that this app does not trust. The binding (field "ca") or the platform should bring the certificate of that authority (<code>)':
    '<subject> 이 앱이 신뢰하지 않는 인증 기관의 인증서를 제시합니다. 그 기관의 인증서가 바인딩("ca" 필드)이나 플랫폼에 있어야 합니다 (<code>)',
  '<subject> shows a certificate for <names>, but the app connects to {host}. Through a tunnel, set REDIS_TLS_SERVERNAME to the name in the certificate (<code>)':
    '<subject> 다른 이름의 인증서를 제시합니다(인증서: <names>, 앱이 연결하는 곳: {host}). 터널을 쓴다면 REDIS_TLS_SERVERNAME에 인증서의 이름을 지정하십시오 (<code>)',
  '<subject> breaks off the TLS handshake. Does it want a client certificate, or another one than the binding brings? (<code>)':
    '<subject> TLS 핸드셰이크를 중단합니다. 클라이언트 인증서가 필요한지, 바인딩과 다른 인증서가 필요한지 확인하십시오 (<code>)',
  '<subject> does not speak this version of TLS (<code>)':
    '<subject> 이 TLS 버전을 지원하지 않습니다 (<code>)',
  '<subject> does not speak TLS at this port. Is it the port for plain connections? (<code>)':
    '<subject> 이 포트에서 TLS를 쓰지 않습니다. 평문 연결용 포트인지 확인하십시오 (<code>)',
  '<subject> does not speak TLS at this port: it answers there without TLS. Switch it off, cf set-env APP tls_enabled false, and restart: cf restart APP':
    '<subject> 이 포트에서 TLS 없이 응답합니다. cf set-env APP tls_enabled false 명령으로 TLS를 끄고 재기동하십시오: cf restart APP',
  '<subject> expects TLS at this port, and the binding does not ask for it. Switch it on, cf set-env APP tls_enabled true, and restart: cf restart APP':
    '<subject> 이 포트에서 TLS를 요구하는데 바인딩에는 TLS가 없습니다. cf set-env APP tls_enabled true 명령으로 TLS를 켜고 재기동하십시오: cf restart APP',
  '<subject> accepts connections, so no security group forbids them, but does not answer over TLS. If this port is not for TLS, switch it off, cf set-env APP tls_enabled false, and restart: cf restart APP':
    '<subject> 연결을 받으므로 보안 그룹 문제는 아니지만, TLS로는 응답하지 않습니다. TLS용 포트가 아니라면 cf set-env APP tls_enabled false 명령으로 TLS를 끄고 재기동하십시오: cf restart APP',
  '<subject> closes the connection. Does this port expect TLS or, over TLS, a client certificate? Or does the server restart? (<code>)':
    '<subject> 연결을 끊습니다. 이 포트에 TLS나 클라이언트 인증서가 필요한지, 서버가 재시작 중인지 확인하십시오 (<code>)',
  '<subject> closes the connection without an answer. Does it restart, or is something else listening there? (<code>)':
    '<subject> 응답 없이 연결을 끊습니다. 재시작 중이거나, 그 포트에 다른 프로그램이 있는지 확인하십시오 (<code>)',
  '<subject> has a host name that cannot be resolved: {host}. Does the service still exist, and does the binding still name its host? (<code>)':
    '<subject> 찾을 수 없는 호스트 이름으로 바인드되어 있습니다: {host}. 서비스가 아직 있는지, 바인딩의 호스트가 맞는지 확인하십시오 (<code>)',
  '<subject> has a host name that cannot be resolved. Does the service still exist, and does the binding still name its host? (<code>)':
    '<subject> 찾을 수 없는 호스트 이름으로 바인드되어 있습니다. 서비스가 아직 있는지, 바인딩의 호스트가 맞는지 확인하십시오 (<code>)',
  '<subject> is a Cluster, but the binding describes a single server. The binding should have the field "cluster_mode" with the value true (<code>)':
    '<subject> 클러스터인데 바인딩에는 단일 서버로 되어 있습니다. 바인딩의 "cluster_mode" 필드가 true여야 합니다 (<code>)',
  '<subject> is a single server, but the binding describes a Cluster. The field "cluster_mode" of the binding should be false (<code>)':
    '<subject> 단일 서버인데 바인딩에는 클러스터로 되어 있습니다. 바인딩의 "cluster_mode" 필드가 false여야 합니다 (<code>)',
  '<subject> does not have the database that the binding names (<code>)':
    '<subject> 바인딩에 지정된 데이터베이스 번호를 지원하지 않습니다 (<code>)',
  '<subject> is still loading its data. It answers when it is done (<code>)':
    '<subject> 아직 데이터를 읽어 들이는 중입니다. 끝나면 응답합니다 (<code>)',
  '<subject> has become a replica, or was bound as one: a replica takes no writes. If this stays, the binding should name the primary (<code>)':
    '<subject> 복제본이 되었거나 복제본으로 바인드되어 있습니다. 복제본에는 쓸 수 없습니다. 계속되면 바인딩에 주 서버를 지정해야 합니다 (<code>)',
  '<subject> is a replica that has lost its primary (<code>)':
    '<subject> 주 서버와 끊긴 복제본입니다 (<code>)',
  '<subject> is busy with a script that does not end. The operator can end it (SCRIPT KILL) (<code>)':
    '<subject> 끝나지 않는 스크립트를 실행 중입니다. 운영자가 중단할 수 있습니다(SCRIPT KILL) (<code>)',
  '<subject> has fewer replicas than it needs to take writes (min-replicas-to-write) (<code>)':
    '<subject> 쓰기를 거부합니다. 복제본 수가 설정보다 적습니다(min-replicas-to-write) (<code>)',
  '<subject> is a Cluster that has lost some of its servers, or some of its slots (<code>)':
    '<subject> 서버나 슬롯 일부를 잃은 클러스터입니다 (<code>)',
  '<subject> cannot save its data and refuses writes. Is its disk full? (<code>)':
    '<subject> 데이터를 저장하지 못해 쓰기를 거부합니다. 디스크가 가득 찼는지 확인하십시오 (<code>)',
  '<subject> has as many clients as it allows. The operator can raise maxclients, or other clients should close connections (<code>)':
    '<subject> 연결을 더 받지 않습니다. 클라이언트 수가 한도에 이르렀습니다. 운영자가 maxclients를 늘리거나, 다른 클라이언트가 연결을 끊어야 합니다 (<code>)',
  '<subject> has no Sentinel that answers and knows the primary (<code>)':
    '<subject> 응답하지 않습니다. 주 서버를 아는 센티널이 하나도 응답하지 않습니다 (<code>)',
  '<subject> has no cluster node that answers (<code>)':
    '<subject> 응답하지 않습니다. 클러스터 노드가 하나도 응답하지 않습니다 (<code>)',
  '<subject> cannot be used: <message>': '<subject> 사용할 수 없는 상태입니다: <message>',
  Redis: 'Redis가',
  'The node {address}': '노드({address})가',
  'The Sentinel {address}': '센티널({address})이',
  'The Sentinel': '센티널이',
  'The first one': '첫째 주소의 서버가',
  'closed by the server': '서버가 연결을 끊음',
  'another name': '다른 이름',
  'A COMMAND OF THIS APP': '이 앱의 명령',
  'Cluster has no primary': '클러스터에 주 서버가 없음',
  'CLUSTERDOWN no primary has the slot of this key': '이 키의 슬롯을 가진 주 서버가 없음',
  'When Redis is full, it drops <victims> and the counters of failed sign-ins (maxmemory-policy {policy}): choose noeviction, or a plan of its own for sessions':
    'Redis가 가득 차면 <victims>, 로그인 실패 횟수가 지워집니다(maxmemory-policy {policy}). noeviction을 쓰거나 세션 전용 플랜을 선택하십시오',
  sessions: '세션',
  'accounts, sessions': '계정, 세션',
  'REDIS_WAIT_REPLICAS={wanted} waits for more replicas than Redis has ({fewest}): each write is answered 503. Lower it, or choose a plan with replicas':
    'REDIS_WAIT_REPLICAS={wanted} 설정이 기다리는 복제본이 Redis에 있는 것보다 많습니다(복제본 {fewest}대). 쓰기마다 503으로 응답합니다. 값을 낮추거나 복제본이 있는 플랜을 선택하십시오',
  'the write is in Redis, but no replica has confirmed it within {limit} ms: it is lost if the primary fails now (REDIS_WAIT_REPLICAS)':
    'Redis에 썼지만 {limit} ms 안에 확인한 복제본이 없습니다. 지금 주 서버가 멈추면 사라집니다(REDIS_WAIT_REPLICAS)',
  'the write is in Redis, but fewer than {wanted} replicas have confirmed it within {limit} ms: it is lost if the primary fails now (REDIS_WAIT_REPLICAS)':
    'Redis에 썼지만 {limit} ms 안에 확인한 복제본이 {wanted}대에 못 미칩니다. 지금 주 서버가 멈추면 사라집니다(REDIS_WAIT_REPLICAS)',

  // Instances
  'this instance takes no more requests': '이 인스턴스는 더 이상 요청을 받지 않습니다',

  // A foundry
  'Instance {index}': '{index}번 인스턴스',
  '{name} does not run now: it is about to be started again.':
    '지금 실행 중이 아닙니다. 곧 다시 시작됩니다({name}).',
  'There is no instance {index}: the last one is {last}.':
    '{index}번 인스턴스는 없습니다. 마지막은 {last}번입니다.',
  'The app is being {task}. Try again when that is done.':
    '앱을 조정하는 중입니다({task}). 끝난 뒤 다시 시도하십시오.',
  'Redis hangs already. Try again when that is over.':
    'Redis가 이미 중단되어 있습니다. 끝난 뒤 다시 시도하십시오.',
  'Redis hung for {seconds} seconds, and answers again.':
    'Redis가 {seconds}초 동안 중단되었다가 다시 응답합니다.',
  'The app has 1 instance.': '앱의 인스턴스는 1개입니다.',
  'The app has {count} instances.': '앱의 인스턴스는 {count}개입니다.',
  'Instance {index} was killed, and another one is up.':
    '{index}번 인스턴스를 강제 종료했고, 새 인스턴스가 올라왔습니다.',
  '"{text}" is no number of instances: it goes from 1 to {most}.':
    '인스턴스는 1개부터 {most}개까지입니다.',

  // The operator's room
  'there is no operator here: set a password of 12 characters or more, cf set-env APP OPERATOR_PASSWORD …, and cf restart APP':
    '운영자가 없습니다. cf set-env APP OPERATOR_PASSWORD … 명령으로 12자 이상의 비밀번호를 정하고 재기동하십시오: cf restart APP',
  'this is for the operator alone: POST /operator/sign-in with the field password, and send the cookie of its answer':
    '운영자만 사용할 수 있습니다. 다시 로그인하십시오',
  'Redis would answer more than {size} MB: too much to show':
    'Redis의 응답이 {size} MB를 넘어 표시하지 않습니다',
  'the elements of this key have {bytes} bytes on average: too large to show':
    '요소가 평균 {bytes}바이트로 너무 커서 표시하지 않습니다',
  'the type of this key cannot be read: Redis forbids it, or the slot of the key is moving':
    '키의 타입을 읽지 못했습니다. Redis가 막았거나 키의 슬롯이 옮겨지는 중입니다',
  'values of the type {type} are not shown here': '이 타입의 값은 여기에 표시하지 않습니다: {type}',
  'malformed % escape in the key': '키의 % 표기가 잘못되었습니다',
  "keys of the app's own are not shown, changed or deleted here":
    '앱 전용 키는 여기서 보거나 바꾸거나 삭제할 수 없습니다',
  'match may have {most} characters': '패턴은 {most}자까지입니다',
  'the key has another type by now': '그사이 키의 타입이 바뀌었습니다',
  'the key is there already: add elements to it, or delete it first':
    '이미 있는 키입니다. 요소를 추가하거나 먼저 삭제하십시오',
  'type is string, list, hash, set, zset or stream':
    '타입은 string, list, hash, set, zset, stream 중 하나입니다',
  'no such element': '없는 요소입니다',
  'the key does not expire': '만료 시간이 없는 키입니다',
  'a value may have 1 MB': '값은 1 MB까지입니다',
  'bytes are a text, or {"hex": "…"} in JSON':
    '바이트는 텍스트이거나 JSON의 {"hex": "…"} 형식입니다',
  'score is a number, inf or -inf': '점수는 숫자이거나 inf, -inf입니다',
  'keys is a list of texts, or of {"hex": "…"}': 'keys는 텍스트나 {"hex": "…"} 형식의 목록입니다',
  'most is the number of keys that may be deleted: as many as GET /operator/count finds':
    'most는 삭제해도 되는 키의 수로, GET /operator/count로 센 값입니다',
  'the list has more than {most} elements, through which Redis would search: only the elements at its ends can be removed here (end=left, end=right)':
    '리스트의 요소가 {most}개를 넘어 찾는 데 오래 걸립니다. 여기서는 양 끝의 요소만 제거할 수 있습니다(end=left, end=right)',
  'no account has the name {name}': '없는 사용자입니다: {name}',
  'Redis is bound without Sentinel': '센티널 없이 바인드된 Redis입니다',
  '{name} is not sent from here: <reason>': '여기서 실행하지 않는 명령입니다: {name}. <reason>',
  'it is for the operator of the service, who administers Redis':
    'Redis를 관리하는 서비스 운영자의 명령입니다',
  'a script may use any key, and run for long':
    '스크립트는 아무 키나 쓸 수 있고 오래 걸릴 수 있습니다',
  'it may wait for long': '오래 기다릴 수 있습니다',
  'listen to channels at /operator/channels': '채널 구독은 /operator/channels에서 합니다',
  'several lines are one transaction already': '여러 줄을 보내면 이미 하나의 트랜잭션입니다',
  'Redis marks it as dangerous: it may keep Redis busy or lose data':
    'Redis가 위험하다고 표시한 명령으로, 부하가 크거나 데이터를 잃을 수 있습니다',
  'it concerns a connection, and this one ends after the command':
    '연결에 관한 명령인데, 이 연결은 명령 뒤에 끝납니다',
  'keys are listed at /operator/keys': '키 목록은 /operator/keys에 있습니다',
  'it does not say which keys it uses': '어떤 키를 쓰는지 알 수 없습니다',
  'Redis knows no command {name}': 'Redis에 없는 명령입니다: {name}',
  '{name} has the wrong arguments': '인수가 맞지 않습니다: {name}',
  'the key takes {size} MB: look at it by pages, at /operator/keys':
    '키의 크기가 {size} MB입니다. /operator/keys에서 페이지로 나누어 보십시오',
  'command has 1 to {most} lines': '명령은 1줄부터 {most}줄까지입니다',
  'the quotes of this line do not match: {line}': '따옴표의 짝이 맞지 않는 줄입니다: {line}',
  'this changes data: send it again with write=yes':
    '데이터를 바꾸는 명령입니다. "데이터 변경 허용"을 선택하고 다시 실행하십시오(write=yes)',
  'not executed: another command of the transaction was refused':
    '실행하지 않았습니다. 트랜잭션의 다른 명령이 거부되었습니다',
  '(error) <sentence>': '(error) <sentence>',
  'too many pages listen at this instance: close some':
    '이 인스턴스에서 구독하는 페이지가 너무 많습니다. 몇 개를 닫으십시오',
  'the session has ended: what was done until then stays done; sign in again for what is left':
    '세션이 종료되었습니다. 그때까지 처리한 것은 그대로 남습니다. 나머지는 다시 로그인해서 처리하십시오',
  'this instance stops: send the request again, for what is left':
    '이 인스턴스가 멈춥니다. 남은 것은 다시 요청하십시오',
  'the cursor leads nowhere, or its server is gone: begin without a cursor':
    '이어 읽을 위치가 없거나 그 서버가 사라졌습니다. 처음부터 다시 읽으십시오',
  'Redis before 7.0 cannot be asked which commands it allows (ACL DRYRUN)':
    'Redis 7.0 이전 버전에는 허용된 명령을 물어볼 수 없습니다(ACL DRYRUN)',
  accounts: '계정',
  'counters of sign-ins': '로그인 횟수',
  instances: '인스턴스',
  probes: '동작 확인',
  others: '그 밖',

  // Advice from the numbers of INFO
  '{share} % of the memory is in use, and <consequence>':
    '메모리의 {share} %를 사용 중입니다. <consequence>',
  'writes are refused when it is full: delete keys, or choose a larger plan':
    '가득 차면 쓰기를 거부합니다. 키를 삭제하거나 더 큰 플랜을 선택하십시오',
  'keys are evicted when it is full ({policy})': '가득 차면 키를 축출합니다({policy})',
  'no memory limit is set (maxmemory): the system ends Redis when its memory is used up':
    '메모리 제한이 없습니다(maxmemory). 시스템 메모리가 다하면 Redis가 강제 종료됩니다',
  '{number} keys were evicted since the start: the plan is too small for what is stored, unless this is a cache':
    '시작 후 키 {number}개가 축출되었습니다. 캐시가 아니라면 플랜이 너무 작습니다',
  'Redis holds {ratio} times the memory that it uses: active defragmentation (activedefrag) or a restart gives it back':
    '실제 사용량의 {ratio}배를 차지하고 있습니다. 능동 단편화 제거(activedefrag)나 재시작으로 돌려받습니다',
  'Redis is still loading its data': '아직 데이터를 읽어 들이는 중입니다',
  'the last snapshot failed: is the disk full?':
    '마지막 스냅숏이 실패했습니다. 디스크가 가득 찼는지 확인하십시오',
  'the last write to the append-only file failed: is the disk full?':
    '마지막 AOF 쓰기가 실패했습니다. 디스크가 가득 찼는지 확인하십시오',
  'nothing was saved since the start, and there is no append-only file: <consequence>':
    '시작 후 저장한 적이 없고 AOF도 없습니다. <consequence>',
  'a restart loses all keys': '재시작하면 모든 키가 사라집니다',
  'a restart loses all keys, those of the replicas too, unless a replica takes over first':
    '재시작하면, 복제본이 먼저 이어받지 않는 한 복제본까지 모든 키가 사라집니다',
  'replicas that are more than {size} behind: {addresses}. If this primary fails now, what they lack is lost':
    '{size} 넘게 뒤처진 복제본: {addresses}. 지금 이 주 서버가 멈추면 복제본에 없는 내용은 사라집니다',
  'this replica receives a new copy of all data: until it is there, what it answers is old':
    '모든 데이터를 새로 복사받는 복제본입니다. 끝날 때까지는 오래된 내용으로 응답합니다',
  'this replica takes writes (replica-read-only no): its primary does not get them, and the next copy removes them':
    '쓰기를 받는 복제본입니다(replica-read-only no). 쓴 내용은 주 서버에 전해지지 않고 다음 복사 때 사라집니다',
  'this replica may use less memory than its primary (maxmemory, {size}): after a failover, Redis is full sooner':
    '주 서버보다 메모리 제한이 작은 복제본입니다(maxmemory, {size}). 장애조치 후에는 더 빨리 가득 찹니다',
  'this replica has no append-only file, and its primary has: after a failover, a restart loses more':
    '주 서버와 달리 AOF가 없는 복제본입니다. 장애조치 후에 재시작하면 더 많이 잃습니다',
  'on {count} servers: <sentence>': '서버 {count}대: <sentence>',
  'this replica has lost its primary: what it answers grows old':
    '주 서버와 끊긴 복제본입니다. 응답하는 내용이 점점 오래된 것이 됩니다',
  'this replica has heard nothing for {seconds} seconds':
    '주 서버에서 {seconds}초째 소식이 없는 복제본입니다',
  '{number} connections were refused, as there were too many (maxclients)':
    '연결이 너무 많아 {number}건을 거부했습니다(maxclients)',
  '{number} sign-ins to Redis failed since the start':
    '시작 후 Redis 로그인이 {number}건 실패했습니다',

  // Commands to try
  Strings: '문자열',
  'A string holds any bytes, and counts if it is a number.':
    '문자열에는 아무 바이트나 담을 수 있고, 숫자라면 더하고 뺄 수 있습니다.',
  Lists: '리스트',
  'A list keeps its order: a queue has one end for what comes and one for what goes.':
    '리스트는 순서를 지킵니다. 한쪽 끝으로 넣고 다른 쪽 끝으로 빼면 큐가 됩니다.',
  Hashes: '해시',
  'A hash has fields, each of which changes by itself.':
    '해시에는 필드가 있고, 필드마다 따로 바꿀 수 있습니다.',
  Sets: '집합',
  'A set has each member once.': '집합에는 같은 멤버가 한 번만 들어갑니다.',
  'Sorted sets': '정렬 집합',
  'A sorted set keeps its members by score: a ranking.':
    '정렬 집합은 멤버를 점수 순으로 둡니다. 순위표가 됩니다.',
  Streams: '스트림',
  'A stream is a log: entries have the time in their id.':
    '스트림은 로그입니다. 항목의 ID에 시각이 들어 있습니다.',
  Expiry: '만료',
  'A key with an expiry is gone by itself, as sessions are.':
    '만료 시간이 있는 키는 세션처럼 저절로 사라집니다.',
  Transactions: '트랜잭션',
  'Several lines are one transaction: no other client comes between. In a Cluster, the part of a key in braces keeps keys together.':
    '여러 줄은 하나의 트랜잭션이라 다른 클라이언트가 끼어들지 못합니다. 클러스터에서는 키 이름의 중괄호 부분이 같으면 같은 노드에 놓입니다.',
  'Publish and subscribe': '발행과 구독',
  'A message reaches those who listen now. Listen to the channel try on the page of channels first.':
    '메시지는 지금 구독 중인 쪽에만 전달됩니다. 먼저 채널 화면에서 try 채널을 구독하십시오.',
};

export const translate = createTranslation(sentences);
